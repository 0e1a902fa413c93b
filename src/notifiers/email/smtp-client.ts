import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export type SmtpServer = Readonly<{
  host: string;
  port: number;
  /** TLS from the first byte (`smtps`); otherwise STARTTLS. */
  isTls: boolean;
  /** Without it and with a server that has no STARTTLS, nothing is sent in the open. */
  allowsPlain: boolean;
  user: Readonly<{ name: string; password: string }> | null;
  /** PEM of a certificate authority of one's own. */
  ca: string | null;
}>;

export type Mail = Readonly<{ from: string; to: readonly string[]; data: string }>;

export type Mailed =
  | Readonly<{ kind: 'delivered'; refused: readonly string[] }>
  /** The server did not take it: nothing has been sent to anybody. */
  | Readonly<{ kind: 'failed'; reason: string }>
  /** The whole mail was sent, and the connection broke before the server said that it has it. */
  | Readonly<{ kind: 'uncertain'; reason: string }>;

const TIMEOUT_MS = 30_000;

/**
 * Hands one mail to a server, once (RFC 5321; STARTTLS: RFC 3207; AUTH PLAIN and LOGIN: RFC 4954). What matters to the caller is whether it
 * may have been taken: until the closing dot is sent it certainly was not.
 */
export async function sendMail(server: SmtpServer, mail: Mail, signal: AbortSignal): Promise<Mailed> {
  const session = new Session(server, signal);
  let isSent = false;
  try {
    await session.open();
    await session.expect('MAIL FROM', `MAIL FROM:<${mail.from}>`, [250]);
    const refused = await session.addRecipients(mail.to);
    if (refused.length === mail.to.length)
      return { kind: 'failed', reason: `no recipient was taken: ${refused.join('; ')}` };
    await session.expect('DATA', 'DATA', [354]);
    isSent = true;
    const answer = await session.ask(`${dotStuffed(mail.data)}\r\n.`);
    if (answer.code !== 250) return { kind: 'failed', reason: `the mail was refused: ${answer.text}` };
    session.quit();
    return { kind: 'delivered', refused };
  } catch (error) {
    const reason = (error as Error).message;
    return isSent ? { kind: 'uncertain', reason } : { kind: 'failed', reason };
  } finally {
    session.close();
  }
}

type Answer = Readonly<{ code: number; text: string }>;

class Session {
  readonly #server: SmtpServer;
  readonly #signal: AbortSignal;
  #socket!: Socket | TLSSocket;
  #received = '';
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null;
  #failure: Error | null = null;
  readonly #stop = () => this.#fail(new Error('stopped'));

  constructor(server: SmtpServer, signal: AbortSignal) {
    this.#server = server;
    this.#signal = signal;
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  async open(): Promise<void> {
    const { host, port, isTls, allowsPlain, user, ca } = this.#server;
    // RFC 6066 allows no address as a name.
    const tls = { host, port, ...(isIP(host) === 0 && { servername: host }), ...(ca !== null && { ca }) };
    this.#listen(isTls ? connectTls(tls) : connectPlain({ host, port }));
    const greeting = await this.#read();
    if (greeting.code !== 220) throw new Error(`${host} does not greet: ${greeting.text}`);
    let offers = await this.#hello();
    if (!isTls && offers.includes('STARTTLS')) {
      await this.expect('STARTTLS', 'STARTTLS', [220]);
      this.#socket.removeAllListeners();
      this.#listen(connectTls({ ...tls, socket: this.#socket }));
      offers = await this.#hello();
    } else if (!isTls && !allowsPlain) {
      throw new Error(`${host} has no STARTTLS; plain: true in tare.yaml sends in the open`);
    }
    if (user !== null) await this.#authenticate(offers, user);
  }

  async expect(name: string, line: string, codes: readonly number[]): Promise<Answer> {
    const answer = await this.ask(line);
    if (!codes.includes(answer.code)) throw new Error(`${name} was refused: ${answer.text}`);
    return answer;
  }

  /** Those that were refused, with what the server said. */
  async addRecipients(addresses: readonly string[]): Promise<readonly string[]> {
    const refused: string[] = [];
    for (const address of addresses) {
      const { code, text } = await this.ask(`RCPT TO:<${address}>`);
      if (code !== 250 && code !== 251) refused.push(`${address}: ${text}`);
    }
    return refused;
  }

  ask(line: string): Promise<Answer> {
    this.#socket.write(`${line}\r\n`);
    return this.#read();
  }

  quit(): void {
    this.#socket.end('QUIT\r\n');
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#stop);
    this.#socket?.destroySoon();
  }

  async #hello(): Promise<readonly string[]> {
    const { text } = await this.expect('EHLO', `EHLO ${hostname() || 'localhost'}`, [250]);
    return text.split('\n').map((line) => line.trim().toUpperCase());
  }

  async #authenticate(
    offers: readonly string[],
    { name, password }: NonNullable<SmtpServer['user']>,
  ): Promise<void> {
    const methods = offers.find((line) => line.startsWith('AUTH'))?.split(/[ =]/) ?? [];
    const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');
    if (methods.includes('PLAIN')) {
      await this.expect('the user', `AUTH PLAIN ${encode(`\0${name}\0${password}`)}`, [235]);
    } else if (methods.includes('LOGIN')) {
      await this.expect('AUTH LOGIN', 'AUTH LOGIN', [334]);
      await this.expect('the user', encode(name), [334]);
      await this.expect('the password', encode(password), [235]);
    } else {
      throw new Error(`${this.#server.host} offers neither AUTH PLAIN nor AUTH LOGIN`);
    }
  }

  #listen(socket: Socket | TLSSocket): void {
    this.#socket = socket;
    socket.setTimeout(TIMEOUT_MS, () =>
      this.#fail(new Error(`no answer within ${TIMEOUT_MS / 1000} seconds`)),
    );
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('utf8');
      this.#settle();
    });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = null;
  }

  #read(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting = { resolve, reject };
      this.#settle();
    });
  }

  /** An answer is done with a line whose code is followed by a blank: `250-SIZE`, `250 HELP`. */
  #settle(): void {
    if (!this.#waiting) return;
    const lines = this.#received.split('\r\n');
    const last = lines.findIndex((line) => /^\d{3}( |$)/.test(line));
    if (last < 0 || last === lines.length - 1) return;
    this.#received = lines.slice(last + 1).join('\r\n');
    const { resolve } = this.#waiting;
    this.#waiting = null;
    const text = lines.slice(0, last + 1).map((line) => line.slice(4));
    resolve({ code: Number(lines[last]!.slice(0, 3)), text: text.join('\n') });
  }
}

/** A dot at the start of a line would end the mail. */
function dotStuffed(data: string): string {
  return data.replace(/^\./gm, '..');
}
