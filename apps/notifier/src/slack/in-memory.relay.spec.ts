import { APPROVAL, SlackBench } from '../../../../test/support/slack/slack-bench.js';
import { InMemoryRelay } from './in-memory.relay.js';
import { relayConformance } from './relay.conformance.js';

const inSlack = (user: string) => ({ team: 'T0WORK', user, userGroups: [] });

relayConformance(InMemoryRelay.name, async () => {
  const bench = await SlackBench.start('http');
  await bench.ask();
  const { planHash, group } = await bench.question();
  const people = { alice: inSlack('U0ALICE'), bob: inSlack('U0BOB'), stranger: inSlack('U0EVE') };
  return { relay: bench.relay, approval: APPROVAL, planHash, group, ...people, close: () => bench.end() };
});
