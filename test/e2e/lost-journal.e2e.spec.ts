import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RescueFindings } from '#libs/contracts';
import { EtcdJournal, keys } from '#libs/journal';
import { SystemRandom } from '#libs/runtime';
import type { GroupLoop } from '../../apps/orchestrator/src/group/group-loop.js';
import { FencedWorld } from '../support/fenced-world.js';
import { group, Stage, stageTopology } from '../support/group-stage.js';
import { insist } from '../support/insist.js';
import { OperatorDesk } from '../support/operator-desk.js';
import { RealEtcd } from '../support/real-etcd.js';
import { RealTime } from '../support/real-time.js';

const TEST_MS = 180_000;
const WITHIN_MS = 60_000;
const REQUEST_TIMEOUT_MS = 2_000;
const why = { reason: 'we looked' };
const clock = new RealTime();

let etcd: RealEtcd;
let life: Life | undefined;
beforeAll(async () => {
  etcd = await RealEtcd.start(3);
}, TEST_MS);
afterEach(async () => {
  await life?.end();
  life = undefined;
});
afterAll(() => etcd?.end());

/** Signalbox as it runs between two disasters: an orchestrator with its API, and the workers of both sites. */
class Life {
  readonly loop: GroupLoop;

  private constructor(
    readonly journal: EtcdJournal,
    readonly stage: Stage<EtcdJournal>,
    readonly desk: OperatorDesk,
    readonly world: FencedWorld,
  ) {
    this.loop = stage.orchestrator(`orchestrator@b#${new SystemRandom().id()}`);
  }

  static async begin(endpoints: readonly string[], topology = stageTopology(), before?: FencedWorld): Promise<Life> {
    const journal = new EtcdJournal({ endpoints, requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
    const stage = new Stage({}, {}, { topology, clock, journal });
    const desk = await OperatorDesk.open(stage, journal);
    return new Life(journal, stage, desk, new FencedWorld(stage, before));
  }

  /** Leads and looks until `holds`. A journal that does not answer now is asked again. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const sinceMs = clock.monotonicMs();
    for (;;) {
      await this.loop.settle().catch(() => undefined);
      if (await holds().catch(() => false)) return;
      if (clock.monotonicMs() - sinceMs > WITHIN_MS) throw new Error(`${what}: not within ${WITHIN_MS} ms`);
      await clock.sleep(50);
    }
  }

  async rescue(active: string): Promise<RescueFindings> {
    const { body: asked } = await this.desk.post('ada', 'survey', { active, ...why });
    const query = new URLSearchParams({ survey: asked.survey, active }).toString();
    let found: RescueFindings | undefined;
    await this.until('every resource is read', async () => {
      found = (await this.desk.get('viewer', `rescue?${query}`)).body as RescueFindings;
      return found.pending.length === 0;
    });
    const { survey, hash: confirm } = found!;
    const started = await this.desk.post('ada', 'rescue', { survey, active, confirm, attest: 'we looked' });
    if (started.status !== 201) throw new Error(JSON.stringify(started.body));
    return found!;
  }

  /** Asks for a switchover until it starts: an election may be under way. */
  async moves(to: string): Promise<void> {
    let said: unknown;
    const begins = async (): Promise<boolean> => {
      const { body } = await this.desk.post('operator', 'requests', { kind: 'switchover', to, ...why });
      said = body;
      return body.run !== undefined || (await this.stage.state()).phase === 'running';
    };
    await this.until('a switchover starts', begins).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(said)}`);
    });
  }

  isSteadyAt = (active: string) => async (): Promise<boolean> => {
    const state = await this.stage.state();
    return state.phase === 'steady' && state.active === active;
  };

  async end(): Promise<void> {
    await this.desk.close();
    await this.world.stop();
    await this.journal.close();
  }
}

describe('a journal that lost its majority for good', () => {
  it(
    'is rebuilt from the member that is left, decides nothing until the rescue, and goes on from the resources',
    async () => {
      const before = await Life.begin(etcd.endpoints);
      life = before;
      await insist(() => before.stage.allWell());
      before.world.startAll();
      await before.until('somebody leads', async () => (await before.stage.audit()).length > 0);
      // The member that will be all that is left misses the move to B.
      await etcd.kill(2);
      await before.moves('b');
      await before.until('b is active', before.isSteadyAt('b'));
      await before.end();
      life = undefined;
      const left = before.world.all();
      expect(left['write-access/orders/b']?.[0]).toBe('clients');

      await Promise.all([etcd.kill(0), etcd.kill(1)]);
      await etcd.restart(2, '--force-new-cluster');
      const base64 = (text: string) => Buffer.from(text).toString('base64');
      const hold = { key: base64(keys.hold(group)), value: base64('rebuilt from the member at w') };
      await etcd.post(2, '/v3/kv/put', hold);

      const after = await Life.begin([etcd.endpoints[2]!], stageTopology(), before.world);
      life = after;
      after.world.startAll();
      // As they do every few seconds: monitors vote, and guards renew.
      await insist(() => after.stage.allWell());
      const { body: told } = await after.desk.get('viewer', '/status');
      expect(told.groups[0]).toMatchObject({ active: 'a', onHold: 'rebuilt from the member at w' });
      for (let looks = 0; looks < 20; looks++) {
        await after.loop.settle();
        await clock.sleep(50);
      }
      expect(after.world.all()).toEqual(left);
      const refused = await after.desk.post('operator', 'requests', { kind: 'switchover', to: 'b', ...why });
      expect(refused.body.code).toBe('SB_ON_HOLD');

      const found = await after.rescue('b');
      expect(found.disagreements[0]).toBe('the journal says that a is active, you say b');
      await after.until('the rescue is over', after.isSteadyAt('b'));
      expect(Math.min(...Object.values(after.world.all()).map(([, stamped]) => stamped))).toBeGreaterThan(1_000);
      await after.until(
        'a is taken in',
        async () => (await after.stage.state()).returning['a']?.phase === 'quarantined',
      );
      expect((await after.desk.post('ada', 'release', { site: 'a', ...why })).status).toBe(200);
      await after.moves('a');
      await after.until('a is active', after.isSteadyAt('a'));
      expect(after.world.value('write-access/orders/a')).toBe('clients');
    },
    TEST_MS,
  );
});
