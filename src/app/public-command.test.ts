import { expect, test } from 'vitest';
import { publicCommand } from './public-command.ts';

test.each([
  [['python', 'train.py', '--lr', '0.1'], 'python train.py --lr 0.1'],
  [['sh', '-c', "echo 'a b'"], "sh -c 'echo '\\''a b'\\'''"],
  [['train', '--name', ''], "train --name ''"],
  [['train', '--hf-token', 'abc', '--epochs', '3'], 'train --hf-token … --epochs 3'],
  [['train', '--api-key=abc', '--tokenizer', 'bpe'], 'train --api-key=… --tokenizer bpe'],
  [['train', '--max-tokens', '2048', '--author=me'], 'train --max-tokens 2048 --author=me'],
  [['train', '--password', '--epochs', '3'], 'train --password --epochs 3'],
  [['env', 'WANDB_API_KEY=abc', 'LR=1', 'train'], 'env WANDB_API_KEY=… LR=1 train'],
  [['train', 'trainer.auth.secret=abc'], 'train trainer.auth.secret=…'],
  [['pull', 'https://me:pass@host/data'], 'pull https://me:…@host/data'],
  [['login', 'hf_abcdefghijklmnop'], 'login …'],
])('%j', (words, expected) => {
  expect(publicCommand(words)).toBe(expected);
});
