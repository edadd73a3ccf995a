import { canonicalJson } from '#libs/contracts';
import { ADDRESSES, CONFIG, DATA_SITES, NAME, otherOf } from '../world/ground.js';
import type { Scene } from './invariant.js';

/** What keeps a group from being at rest, when nothing goes wrong any more and people do what they are asked for. */
export function unsettled({ stage, facts }: Pick<Scene, 'stage' | 'facts'>): readonly string[] {
  const { state, openRuns, leader, hold } = facts;
  const { world } = stage;
  const problems: string[] = [];
  const say = (isSo: boolean, problem: string) => {
    if (isSo) problems.push(problem);
  };
  const { active } = state;
  say(leader === undefined, 'nobody leads');
  say(hold !== undefined, `on hold: ${hold}`);
  for (const { id, phase, problem } of openRuns) say(true, `${id} is ${phase}${problem ? `: ${problem}` : ''}`);
  say(state.phase !== 'steady', `the group is ${state.phase}: ${state.rule} [${state.vetoes.join()}]`);
  for (const [site, { phase }] of Object.entries(state.returning)) say(true, `${site} is ${phase}`);
  for (const resolver of [0, 1] as const) {
    const site = world.names.siteFor(resolver);
    say(site !== active, `clients of resolver ${resolver} go to ${site}, and ${active} is active`);
  }
  say(!world.kafkaAt(active).takesWrites, `${active} is active and takes no writes`);
  const other = otherOf(active);
  say(world.kafkaAt(other).takesWrites, `${other} takes writes too`);
  const wanted = canonicalJson({ addresses: ADDRESSES[active], ttlSeconds: 5 });
  say(canonicalJson(world.get(`name/${NAME}`).held.value) !== wanted, `${NAME} does not point at ${active}`);
  for (const site of DATA_SITES) {
    const { value } = world.get(`config/${CONFIG}/${site}`).held;
    say(
      canonicalJson(value) !== canonicalJson({ bootstrap: `${ADDRESSES[active]?.[0]}:9092` }),
      `clients at ${site} are told ${canonicalJson(value)}`,
    );
  }
  return problems;
}
