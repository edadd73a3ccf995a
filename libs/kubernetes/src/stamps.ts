import { epoch, NEVER_STAMPED, type Cause, type Epoch, type Instant, type RunId } from '#libs/domain';
import { EpochPoisonedError } from './errors.js';

/** Stand at every object that Signalbox switches. The admission policies of the chart hold them to their rules. */
export const STAMPS = {
  epoch: 'signalbox.io/epoch',
  /** A label as well: by it the policies find the object. */
  group: 'signalbox.io/group',
  run: 'signalbox.io/run',
  /** Another one with every change of the data, and with nothing else. */
  write: 'signalbox.io/write',
  installation: 'signalbox.io/installation',
} as const;

export type Stamps = Readonly<Partial<Record<keyof typeof STAMPS, string>>>;

/** Who switches an object: one group of one installation. */
export interface Owner {
  readonly installation: string;
  readonly group: string;
}

type Texts = Readonly<Record<string, string>>;

/** As the policies demand it. */
const EPOCH = /^(0|[1-9][0-9]{0,17})$/;
/** A group that starts a run every second for 30 000 years is not there yet. */
const EPOCH_MAX = 1_000_000_000_000;
/** A rescue goes 1000 ahead of all it saw; a journal of another group, or a bug, goes further. */
const AHEAD_MAX = 1_000_000;

/** The epoch in an annotation; `name` is the object. @throws EpochPoisonedError */
export function epochIn(text: string | undefined, name: string): Epoch {
  if (text === undefined) return NEVER_STAMPED;
  if (EPOCH.test(text) && Number(text) <= EPOCH_MAX) return epoch(Number(text));
  throw new EpochPoisonedError(
    `${name} carries the epoch ${text}, which no run can have come to: set its annotation ${STAMPS.epoch} to the ` +
      "group's own, by the break-glass of docs/kubernetes.md",
  );
}

/** What we would stamp, against what is there. @throws EpochPoisonedError */
export function checkAhead(next: Epoch, held: Epoch, name: string): void {
  if (next - held <= AHEAD_MAX) return;
  throw new EpochPoisonedError(
    `${name} carries epoch ${held}, and epoch ${next} is too far above it to be stamped: no run to come would ever pass it. ` +
      'Look at the journal first; if it is right, raise the annotation by hand',
  );
}

/** Tells one change of the data from every other, and when it was made. */
export const writeStamp = ({ run, step }: Cause, stamped: Epoch, at: Instant): string =>
  `${run}.${step}.${stamped}.${at}`;

/** When the data was changed, by our clock; 0 when a stamp by hand does not say it. */
export const writtenAt = (stamp: string): number => {
  const at = Number(stamp.slice(stamp.lastIndexOf('.') + 1));
  return Number.isSafeInteger(at) ? at : 0;
};

/** Those that an object carries. */
export function stampsOf(metadata: {
  readonly annotations?: Texts | null | undefined;
  readonly labels?: Texts | null | undefined;
}): Stamps {
  const { annotations, labels } = metadata;
  const held = Object.entries(STAMPS).flatMap(([stamp, annotation]) => {
    const text = (stamp === 'group' ? labels?.[annotation] : undefined) ?? annotations?.[annotation];
    return text === undefined ? [] : [[stamp, text]];
  });
  return Object.fromEntries(held) as Stamps;
}

/** What a writer leaves in an object's metadata; `write` only where there is one. */
export const stampedMetadata = (owner: Owner, stamps: { epoch: Epoch; run: RunId; write?: string | undefined }) => ({
  labels: { [STAMPS.group]: owner.group },
  annotations: {
    [STAMPS.epoch]: String(stamps.epoch),
    [STAMPS.run]: stamps.run,
    [STAMPS.group]: owner.group,
    [STAMPS.installation]: owner.installation,
    ...(stamps.write !== undefined && { [STAMPS.write]: stamps.write }),
  },
});
