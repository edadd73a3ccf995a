import { constants } from 'node:os';

/** npm and the terminal may both deliver one Ctrl-C: the second within this time is the same one. */
const SAME_KEY_MS = 500;

/**
 * @typedef {object} Run
 * @property {(line: string) => void} say progress, on standard error
 * @property {AbortSignal} signal aborted by the first of the signals
 * @property {() => number} exitCode the shell's code for the signal that came, else 1
 * @property {(listener: (name: NodeJS.Signals) => void) => void} onSignal every signal, once for each time it was meant
 */

/**
 * Turns the process's end signals into an abort, so that every stage cleans up behind itself before the process exits.
 * @param {NodeJS.Signals[]} names @param {(line: string) => void} say @returns {Run}
 */
export function endingOn(names, say) {
  const controller = new AbortController();
  /** @type {((name: NodeJS.Signals) => void)[]} */
  const listeners = [];
  /** @type {NodeJS.Signals | undefined} */
  let first;
  let lastAt = -Infinity;
  for (const name of names) {
    process.on(name, () => {
      const isEcho = name === first && performance.now() - lastAt < SAME_KEY_MS;
      if (isEcho) return;
      lastAt = performance.now();
      first ??= name;
      controller.abort(new Error(`ended by ${name}`));
      for (const listener of listeners) listener(name);
    });
  }
  return {
    say,
    signal: controller.signal,
    exitCode: () => (first ? 128 + constants.signals[first] : 1),
    onSignal: (listener) => listeners.push(listener),
  };
}
