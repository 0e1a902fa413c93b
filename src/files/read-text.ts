import { StringDecoder } from 'node:string_decoder';
import { readBytes } from './read-bytes.ts';

/** The text of a file in chunks, gunzipped, UTF-8 or (by its byte order mark) UTF-16, without the mark. */
export async function* readText(path: string, signal: AbortSignal): AsyncGenerator<string> {
  let decoder: StringDecoder | undefined;
  let isStart = true;
  for await (const bytes of readBytes(path, signal)) {
    decoder ??= new StringDecoder(encodingOf(bytes));
    let text = decoder.write(bytes);
    if (isStart && text.length > 0) {
      isStart = false;
      text = withoutMark(text);
    }
    if (text.length > 0) yield text;
  }
  const rest = decoder?.end() ?? '';
  if (rest.length > 0) yield rest;
}

/** Excel saves "Unicode text" as UTF-16, always with a mark. */
export function encodingOf(head: Uint8Array): 'utf16le' | 'utf8' {
  return head[0] === 0xff && head[1] === 0xfe ? 'utf16le' : 'utf8';
}

export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
