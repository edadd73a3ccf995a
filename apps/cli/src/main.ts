#!/usr/bin/env node
import process from 'node:process';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { mayPaint } from './painted.js';
import { runCommandLine } from './program.js';

const interruption = (): AbortSignal => {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  return interrupted.signal;
};

// `signalbox … | head` closes the pipe when it has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const isScreen = process.stdout.isTTY === true;

process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    isScreen,
    ...(isScreen && { columns: process.stdout.columns }),
    colours: mayPaint(isScreen, process.env),
  },
  clock: new SystemClock(),
  random: new SystemRandom(),
  environment: process.env,
  interruption,
});
