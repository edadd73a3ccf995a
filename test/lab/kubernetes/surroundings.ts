import type { Command, Part } from '../part.js';

/** Somewhere on this machine where programs have an address of their own. */
export interface Surroundings {
  readonly address: string;
  /** The same program, run there. */
  readonly enter: (command: Command) => Command;
}

/** The same part, run there. Its ports are its own: nobody else can have taken them. */
export function within({ enter }: Surroundings, part: Part): Part {
  return {
    site: part.site,
    name: part.name,
    ports: [],
    readyWithinMs: part.readyWithinMs,
    prepare: async () => enter(await part.prepare()),
    probe: () => part.probe(),
  };
}
