import type { ResourceRef, Step, WorkerKind } from '#libs/domain';

type Kind = ResourceRef['kind'];

/** The highest version of each kind of step that this version performs; every lower one too. */
export type StepHandlers = Readonly<Record<Kind, number>>;

export const STEP_HANDLERS: StepHandlers = {
  'write-access': 1,
  mirror: 1,
  positions: 1,
  backlog: 1,
  salvage: 1,
  'group-offsets': 1,
  name: 1,
  resolution: 1,
  config: 1,
};

const KINDS: Readonly<Record<WorkerKind, readonly Kind[]>> = {
  'site-guard': ['write-access'],
  'mirror-switcher': ['mirror', 'positions', 'backlog', 'salvage', 'group-offsets'],
  'dns-switcher': ['name', 'resolution'],
  'config-switcher': ['config'],
};

/** As a worker announces them: `write-access@1`. */
export const announcedHandlers = (worker: WorkerKind): readonly string[] =>
  KINDS[worker].map((kind) => `${kind}@${STEP_HANDLERS[kind]}`);

/** Why a step is left to another process of its kind; nothing when it can be performed here. */
export function unknownHandler({ name, resource, handler = 1 }: Step, handlers: StepHandlers): string | undefined {
  const known = handlers[resource.kind];
  if (handler <= known) return undefined;
  return `${name} asks for version ${handler} of ${resource.kind}, and this process knows ${known}`;
}
