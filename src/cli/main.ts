#!/usr/bin/env node
import { runCli } from './run-cli.ts';

// A reader that closes early (`tare report … | head`) has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2));
