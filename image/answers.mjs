/** `answers <url>…`: asks each process for /readyz, for a while, and fails unless every one does its work. For `helm test`. */
import { setTimeout as delay } from 'node:timers/promises';

const WITHIN_MS = 90_000;
const EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 3_000;

const giveUpAt = performance.now() + WITHIN_MS;
const problems = await Promise.all(process.argv.slice(2).map(async (url) => ((await answers(url)) ? [] : [url])));
if (problems.length === 0 || problems.flat().length > 0) process.exitCode = 1;

/** Whether it came to work in time; says what it said last. @param {string} url */
async function answers(url) {
  for (;;) {
    const { works, text } = await ask(url);
    if (works || performance.now() > giveUpAt) {
      console.log(`${works ? 'works' : 'DOES NOT WORK'}: ${url}: ${text}`);
      return works;
    }
    await delay(EVERY_MS);
  }
}

/** @param {string} url */
async function ask(url) {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return { works: answer.ok, text: await answer.text() };
  } catch (error) {
    const { cause, message } = /** @type {Error} */ (error);
    return { works: false, text: cause instanceof Error ? cause.message : message };
  }
}
