import type { Epoch, Step } from '#libs/domain';
import { dedicatedKeysOf, type FlowBy } from '#libs/topology';
import { quoted } from './by-hand.js';

/** Of several lines with one key the last counts, so what is added turns the switch. */
export function dedicatedMirrorLines({ desired }: Step, flow: FlowBy<'dedicated'>, stamp: Epoch): readonly string[] {
  const { enabled, epoch } = dedicatedKeysOf(flow);
  const { file, restart } = flow.driver;
  const turn = (isEnabled: boolean) => `printf '%s\\n' ${quoted(`${enabled} = ${isEnabled}`)} >> ${file}`;
  const start = restart.map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : quoted(word))).join(' ');
  const isRunning = desired === 'running';
  return [
    `printf '%s\\n' ${quoted(`${epoch} = ${stamp}`)} >> ${file}`,
    ...(desired === undefined ? [] : [turn(isRunning), start, `# to take it back: ${turn(!isRunning)}; ${start}`]),
  ];
}

export const dedicatedPositionsLines = ({ id }: FlowBy<'dedicated'>): readonly string[] => [
  `# ${id} cannot be told from where to go on: rebuild the returned site by hand before it is started`,
];
