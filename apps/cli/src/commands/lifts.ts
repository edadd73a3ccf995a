import type { AttestationView, OverrideView } from '#libs/contracts';
import { moment } from '../text.js';

interface Lifts {
  readonly overrides?: readonly OverrideView[];
  readonly attestations?: readonly AttestationView[];
}

/** What people have lifted or given their word for, while it is in force. */
export const liftsText = ({ overrides = [], attestations = [] }: Lifts): readonly string[] => [
  ...overrides.map(({ veto, by, until, reason }) => `${by} lifted ${veto} until ${moment(until)}: ${reason}`),
  ...attestations.map(
    ({ site, by, until, reason }) => `${by} attests until ${moment(until)} that ${site} is off: ${reason}`,
  ),
];
