import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { messageOf } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { Lab } from '../lab/lab.js';
import { playDemo } from './demo.js';
import { logTails } from './log-tails.js';
import { parseOptions } from './options.js';
import { describeFactors, policyFactors } from './policy-factors.js';
import { inWords, switchoverInWords } from './prose.js';
import { setStage, type Stage } from './stage.js';
import { playSwitchover } from './switchover.js';

const REPORT = 'demo-report.json';
const AUDIT = 'demo-audit.ndjson';

const options = parseOptions(process.argv.slice(2));
const clock = new SystemClock();
/** Standard output is the report's alone with --json. */
const print = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

let lab: Lab | undefined;
try {
  const { mode, dns, kubernetes = false } = options;
  lab = await Lab.up({ mode, kubernetes, ...(dns && { dns }), onProgress: print });
  const stage = await setStage(lab, options, { clock, print, auditFile: AUDIT });
  print(['The policy of the lab, beside the defaults:', ...describeFactors(policyFactors(stage.policy))].join('\n  '));
  const { report, words } = await play(stage);
  await writeFile(REPORT, `${JSON.stringify(report, null, 2)}\n`);
  print(`\n${words}\nAll of it: ${REPORT}. Every decision: npx signalbox audit verify ${AUDIT}`);
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (options.keep) await untilInterrupted(lab.configFile);
} catch (error) {
  process.stderr.write(`${lab ? `${logTails(lab)}\n` : ''}demo: ${messageOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await lab?.down();
}

async function play(stage: Stage): Promise<{ readonly report: object; readonly words: string }> {
  if (options.planned) {
    const report = await playSwitchover(stage);
    return { report, words: switchoverInWords(report) };
  }
  const report = await playDemo(stage);
  return { report, words: inWords(report) };
}

/** The lab ends with this process, also by Ctrl-C. */
async function untilInterrupted(config: string): Promise<never> {
  print(`Everything stays up until Ctrl-C. Look around: SIGNALBOX_CONFIG=${config} signalbox status`);
  for (;;) await clock.sleep(60_000);
}
