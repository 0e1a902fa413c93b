import { describe, expect, it, test } from 'vitest';
import { lookUpColumns } from './column-lookup.ts';

const WANTED = [
  { name: 'time', isRequired: true, meaning: 'when' },
  { name: 'device', isRequired: true, meaning: 'which' },
  { name: 'node', isRequired: false, meaning: 'where' },
];

const none = { map: {}, set: {} };

describe('lookUpColumns', () => {
  it('finds columns without regard to case, maps, constants and labels', () => {
    const columns = lookUpColumns('f.csv', ['TIME', 'gpu_id', 'label:cost-center'], WANTED, {
      map: { device: 'gpu_id', 'label:team': 'gpu_id' },
      set: { node: 'n1' },
    });
    const cells = [' t ', 'g', ''];
    expect(['time', 'device', 'node', 'label:team'].map((name) => columns.reader(name)(cells))).toEqual([
      't',
      'g',
      'n1',
      'g',
    ]);
    expect(columns.reader('label:cost-center')(cells)).toBeNull();
    expect(columns.labels).toEqual(['label:cost-center', 'label:team']);
    expect(columns.spelling('device')).toBe('gpu_id');
  });

  it('takes along the columns of a family that is wanted', () => {
    const wanted = [...WANTED, { name: 'param.NAME', isRequired: false, meaning: 'a parameter' }];
    const columns = lookUpColumns(
      'f.csv',
      ['time', 'device', 'param.lr', 'Param.depth', 'lr', 'param.'],
      wanted,
      {
        map: { 'param.rate': 'lr' },
        set: { 'param.seed': '7' },
      },
    );
    const cells = ['t', 'd', '0.1', '12', '0.2', 'x'];
    const values = columns.family('param.').map((name) => [name, columns.reader(name)(cells)]);
    expect(Object.fromEntries(values)).toEqual({
      'param.lr': '0.1',
      'Param.depth': '12',
      'param.rate': '0.2',
      'param.seed': '7',
    });
    expect(() =>
      lookUpColumns('f.csv', ['time', 'device'], WANTED, { map: {}, set: { 'param.x': '1' } }),
    ).toThrow('names a column that this kind does not have');
  });

  it('prefers the exact spelling', () => {
    const columns = lookUpColumns('f.csv', ['Time', 'time', 'device'], WANTED, none);
    expect(columns.reader('time')(['a', 'b', 'c'])).toBe('b');
  });

  test.each([
    [
      'missing-column',
      ['timestamp', 'device'],
      none,
      'no column `time` (when). The file has: timestamp, device. Say which one it is: --map time=timestamp',
    ],
    [
      'missing-column',
      ['time', 'container_ip'],
      { map: { device: 'container_id' }, set: {} },
      '--map device=container_id asks for a column that is not in the file. Did you mean `container_ip`?',
    ],
    ['unknown-column', ['time', 'device'], { map: { devise: 'x' }, set: {} }, 'Did you mean `device`?'],
    ['unknown-column', ['time', 'device'], { map: {}, set: { colour: 'x' } }, '--set colour=…'],
    ['ambiguous-column', ['time', 'TIME ', 'Device', 'DEVICE'], none, '`device` stands 2 times'],
    ['invalid-setting', ['time', 'device'], { map: { node: 'time' }, set: { node: 'x' } }, 'both mapped'],
  ])('%s', (code, columns, settings, message) => {
    const looking = () => lookUpColumns('f.csv', columns, WANTED, settings);
    expect(looking).toThrow(message);
    expect(looking).toThrow(expect.objectContaining({ code }));
  });
});
