import { expect, test } from 'vitest';
import { expandNodeList } from './expand-node-list.ts';

test.each([
  { list: 'gpu07', nodes: ['gpu07'] },
  { list: 'gpu[01-03,07],login', nodes: ['gpu01', 'gpu02', 'gpu03', 'gpu07', 'login'] },
  { list: 'gpu[8-11]', nodes: ['gpu8', 'gpu9', 'gpu10', 'gpu11'] },
  { list: 'gpu[098-101]', nodes: ['gpu098', 'gpu099', 'gpu100', 'gpu101'] },
  { list: 'rack[1-2]n[1,3]', nodes: ['rack1n1', 'rack1n3', 'rack2n1', 'rack2n3'] },
  { list: 'a-01-[01-02],b-02-[03]', nodes: ['a-01-01', 'a-01-02', 'b-02-03'] },
  { list: 'gpu[3-1]', nodes: null },
  { list: 'gpu[01-', nodes: null },
  { list: 'None assigned', nodes: null },
  { list: 'gpu[1-9999999]', nodes: null },
])('$list', ({ list, nodes }) => {
  expect(expandNodeList(list)).toEqual(nodes);
});
