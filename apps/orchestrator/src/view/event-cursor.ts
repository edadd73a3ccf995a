import type { Revision } from '#libs/journal';

/** What of the journal is told to listeners. */
export const FOLLOWED = ['decision', 'run', 'approval'] as const;
export type Followed = (typeof FOLLOWED)[number];

/** How far a listener has been told of each: they come over watches of their own, so one revision does not say it. */
export type EventCursor = Readonly<Record<Followed, Revision>>;

export const cursorAt = (revision: Revision): EventCursor => ({
  decision: revision,
  run: revision,
  approval: revision,
});

/** As the id of an event: `120.118.97`. */
export const cursorText = (cursor: EventCursor): string => FOLLOWED.map((kind) => cursor[kind]).join('.');

/** Undefined when it is no id that we gave. */
export function parseCursor(text: string): EventCursor | undefined {
  const [, decision, run, approval] = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(text) ?? [];
  if (decision === undefined) return undefined;
  const revision = (digits: string | undefined) => Number(digits) as Revision;
  return { decision: revision(decision), run: revision(run), approval: revision(approval) };
}
