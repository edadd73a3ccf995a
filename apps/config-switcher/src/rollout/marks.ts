import { z } from 'zod';
import type { ContainersWire } from './wire.js';

/** What a pod, or the template of pods, says of the values that it was made for. */
export interface Marks {
  readonly annotations: Readonly<Record<string, string>>;
  /** Of all containers. */
  readonly env: Readonly<Record<string, string>>;
  /** When the pod was made, or its template changed last, by the API server's clock; undefined when that is not said. */
  readonly madeAtMs?: number;
}

/** One object that a workload reads, as it was written. */
export interface ReadObject {
  readonly object: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Of all its data, as Reloader computes them. */
  readonly hashes: readonly string[];
  /** By our own clock; 0 when nobody has changed it for us. */
  readonly writtenAtMs: number;
}

/** What proves that a pod was made after the last write of all that its workload reads. */
export interface Proof {
  /** Our annotation in the pod template, and what it says after that write. */
  readonly annotation: string;
  readonly mark: string;
  readonly objects: readonly ReadObject[];
}

/** Who made the template, or the pod, for the value that counts; undefined when nobody did. */
export function madeFor({ annotation, mark, objects }: Proof, marks: Marks): 'signalbox' | 'reloader' | undefined {
  if (marks.annotations[annotation] === mark) return 'signalbox';
  return objects.length > 0 && objects.every((each) => isReloaded(each, marks)) ? 'reloader' : undefined;
}

const LAST_RELOADED_FROM = 'reloader.stakater.com/last-reloaded-from';
const ReloadedFrom = z.looseObject({ name: z.string(), hash: z.string(), type: z.string().optional() });

/** How far clocks may be apart. */
const SKEW_MS = 5_000;

/**
 * By either strategy of Stakater Reloader: an annotation, or a variable of a container. Either may be left from a time
 * when the object had the same data before, so that its age counts as well.
 */
function isReloaded(
  { object, name, hashes, writtenAtMs }: ReadObject,
  { annotations, env, madeAtMs = Infinity }: Marks,
): boolean {
  if (madeAtMs < writtenAtMs - SKEW_MS) return false;
  const byVariable = env[`STAKATER_${variableName(name)}_${object.toUpperCase()}`];
  if (byVariable !== undefined && hashes.includes(byVariable)) return true;
  const from = reloadedFrom(annotations[LAST_RELOADED_FROM]);
  return (
    from?.name === name && hashes.includes(from.hash) && (from.type ?? object).toUpperCase() === object.toUpperCase()
  );
}

function reloadedFrom(text: string | undefined): z.infer<typeof ReloadedFrom> | undefined {
  if (text === undefined) return undefined;
  try {
    return ReloadedFrom.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What Reloader makes of a name: letters and digits, and one underscore for all else in between. */
const variableName = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');

export const envOf = (containers: z.infer<typeof ContainersWire>): Marks['env'] =>
  Object.fromEntries(
    containers.flatMap(({ env }) =>
      (env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    ),
  );
