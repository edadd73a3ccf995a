import { GIVEN } from './given.js';
import { People } from './people.js';
import { isRemark, type Cue } from './script.js';
import { givenTopology, Theatre } from './theatre.js';
import { VERBS, type Play } from './verbs.js';

/** How long something may take to show its effect at once: far less than anything waits for on purpose. */
const AT_ONCE_MS = 100;

/** Plays a script from its beginning; what happened takes the place of what had happened. @throws Error naming a line that nobody understands */
export async function play(
  script: readonly Cue[],
): Promise<{ readonly cues: readonly Cue[]; readonly wrongs: readonly string[] }> {
  const given = script.filter(({ line }) => line.startsWith('given '));
  const theatre = new Theatre(given.reduce((topology, { line }) => give(topology, line), givenTopology()));
  const actors: Play = { theatre, people: new People(theatre) };
  await theatre.open();
  const cues: Cue[] = [];
  for (const { line } of script) {
    const isSilent = isRemark(line) || line.startsWith('given ');
    if (!isSilent) await act(actors, line);
    cues.push({ line, happened: isSilent ? [] : whatHappened(theatre) });
  }
  for (const site of theatre.sites.values()) site.stop();
  return { cues, wrongs: await theatre.wrongs() };
}

async function act(actors: Play, line: string): Promise<void> {
  for (const [pattern, verb] of VERBS) {
    const match = pattern.exec(line);
    if (!match) continue;
    await verb(actors, ...match.slice(1));
    return actors.theatre.pass(AT_ONCE_MS);
  }
  throw new Error(`Nobody knows what this means: ${line}`);
}

/** Long silences are what most scenarios are about: they are said. */
function whatHappened({ transcript }: Theatre): readonly string[] {
  const happened = transcript.take();
  return happened.length > 0 ? happened : ['nothing happens'];
}

function give(topology: ReturnType<typeof givenTopology>, line: string): ReturnType<typeof givenTopology> {
  for (const [pattern, change] of GIVEN) {
    const match = pattern.exec(line);
    if (match) return change(topology, ...match.slice(1));
  }
  throw new Error(`Nobody knows what this means: ${line}`);
}
