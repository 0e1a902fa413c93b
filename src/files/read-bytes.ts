import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { UnreadableFileError } from './unreadable-file-error.ts';

const CHUNK_BYTES = 128 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b];

/** The bytes of a file, gunzipped when its first two bytes say so. A truncated gzip yields what is whole, then throws. */
export async function* readBytes(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = (await isGzip(path)) ? gunzip(path, signal) : readPlain(path, signal);
  yield* chunks;
}

/** The first bytes after gunzipping, at most one chunk of them; empty for an empty file. */
export async function peekBytes(path: string, signal: AbortSignal): Promise<Buffer> {
  for await (const chunk of readBytes(path, signal)) {
    if (chunk.length > 0) return chunk;
  }
  return Buffer.alloc(0);
}

export async function isGzip(path: string): Promise<boolean> {
  const magic = Buffer.alloc(2);
  const file = await open(path, 'r').catch((error: unknown) => {
    throw asUnreadable(path, error);
  });
  try {
    await file.read(magic, 0, 2, 0);
  } catch (error) {
    throw asUnreadable(path, error);
  } finally {
    await file.close();
  }
  return GZIP_MAGIC.every((byte, index) => magic[index] === byte);
}

async function* readPlain(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK_BYTES, signal }) as AsyncIterable<Buffer>;
  } catch (error) {
    signal.throwIfAborted();
    throw asUnreadable(path, error);
  }
}

/**
 * Writes chunk by chunk and takes what comes out before the next one. A piped stream would drop the output it still buffers
 * when it meets the damage.
 */
async function* gunzip(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const inflater = createGunzip();
  const produced: Buffer[] = [];
  let failure: Error | undefined;
  inflater.on('data', (chunk: Buffer) => produced.push(chunk));
  inflater.on('error', (error) => {
    failure = error;
  });
  const take = function* () {
    yield* produced.splice(0);
    if (failure) throw damagedGzip(path, failure);
  };
  try {
    for await (const chunk of readPlain(path, signal)) {
      await settled(inflater, (done) => inflater.write(chunk, done));
      yield* take();
    }
    await settled(inflater, (done) => inflater.once('end', done).end());
    yield* take();
  } finally {
    inflater.destroy();
  }
}

/** Waits until the work is done, or has failed: the error arrives by its event. */
function settled(inflater: Gunzip, work: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      inflater.off('error', done);
      resolve();
    };
    inflater.once('error', done);
    work(done);
  });
}

function damagedGzip(path: string, cause: Error): UnreadableFileError {
  return new UnreadableFileError(
    'damaged-gzip',
    `${path}: the gzip data is cut off or damaged (${cause.message}); nothing of it was kept. Copy or export the file again; \`gzip -t\` checks it.`,
    cause,
  );
}

function asUnreadable(path: string, error: unknown): UnreadableFileError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT')
    return new UnreadableFileError('no-such-file', `${path}: there is no such file. Check the path.`, error);
  if (code === 'EISDIR')
    return new UnreadableFileError(
      'not-readable',
      `${path}: this is a folder, a file was expected. Name a file in it.`,
      error,
    );
  return new UnreadableFileError(
    'not-readable',
    `${path}: the file cannot be read (${(error as Error).message}). Check its permissions.`,
    error,
  );
}
