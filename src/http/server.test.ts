import { afterEach, describe, expect, it } from 'vitest';
import { checkAddress, type Listening, listen } from './server.ts';

const open: Listening[] = [];
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.close();
});

describe('listen', () => {
  it('takes a free port when asked for port 0', async () => {
    open.push(await listen(() => new Response('here'), '127.0.0.1', 0));
    expect(await (await fetch(open[0]!.url)).text()).toBe('here');
  });

  it('says that the port is taken', async () => {
    open.push(await listen(() => new Response(), '127.0.0.1', 0));
    await expect(listen(() => new Response(), '127.0.0.1', open[0]!.port)).rejects.toMatchObject({
      code: 'TARE-5021',
      message: expect.stringContaining(`127.0.0.1:${open[0]!.port} is taken`),
    });
  });

  it('says that the address is not of this machine', async () => {
    await expect(listen(() => new Response(), '192.0.2.1', 0)).rejects.toMatchObject({ code: 'TARE-5021' });
  });
});

describe('checkAddress', () => {
  it.each(['127.0.0.1', '::1', 'localhost'])('lets %s be without tokens', (host) => {
    expect(() => checkAddress(host, 0)).not.toThrow();
  });

  it('opens to the network with tokens alone', () => {
    expect(() => checkAddress('0.0.0.0', 1)).not.toThrow();
    expect(() => checkAddress('0.0.0.0', 0)).toThrow(expect.objectContaining({ code: 'TARE-2035' }));
  });
});
