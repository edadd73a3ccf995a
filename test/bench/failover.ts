import { playDemo } from '../demo/demo.js';
import type { DemoOptions } from '../demo/options.js';
import { setStage } from '../demo/stage.js';
import { clock } from '../lab/condition.js';
import { Lab } from '../lab/lab.js';
import { failoverSample, type FailoverSample } from './failover-sample.js';
import { failoverReport, type FailoverReport } from './figures.js';
import { measureFloor } from './floor.js';

const DEMO: DemoOptions = {
  fault: 'kill',
  mode: 'automatic',
  until: 'failover',
  planned: false,
  keep: false,
  json: true,
};

/** The floor is measured right after each failover, so that both see the same machine. Ends at the first run that does not fail over. */
export const benchFailover = async (runs: number, say: (line: string) => void): Promise<FailoverReport> => {
  const failovers = [];
  const floors = [];
  for (let run = 1; run <= runs; run += 1) {
    const failover = await measureFailover(say);
    say(`run ${run} of ${runs}: ${failover.totalMs} ms above the dwell`);
    const floor = await measureFloor(failover.dwellMs, say);
    say(`run ${run} of ${runs}: ${floor.totalMs} ms for the bare calls`);
    failovers.push(failover);
    floors.push(floor);
  }
  return failoverReport(failovers, floors);
};

/** One run of the demo, on a lab of its own, which is looked at before it is taken down. */
export const measureFailover = async (
  say: (line: string) => void,
  atEnd: (lab: Lab) => Promise<void> = () => Promise.resolve(),
): Promise<FailoverSample> => {
  const lab = await Lab.up({ mode: DEMO.mode, onProgress: say });
  try {
    const stage = await setStage(lab, DEMO, { clock, print: say, auditFile: lab.run.file('audit.ndjson') });
    const sample = failoverSample(await playDemo(stage));
    await atEnd(lab);
    return sample;
  } finally {
    await lab.down();
  }
};
