import { createHash } from 'node:crypto';
import { Global, Module, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { processId, type SiteId } from '#libs/domain';
import { Journal } from '#libs/journal';
import { EventBus, MultiClusterEventBus } from '#libs/messaging';
import { Clock, InMemoryLog, Log, Metrics, ProcessReadiness, Random, Readiness, SystemRandom } from '#libs/runtime';
import type { Topology } from '#libs/topology';
import { NotaryService } from '../../apps/orchestrator/src/audit/notary.service.js';
import { SiteAudit } from '../../apps/orchestrator/src/audit/site-audit.js';
import { SiteChain } from '../../apps/orchestrator/src/audit/site-chain.js';
import { GroupLoops } from '../../apps/orchestrator/src/group/group-loops.service.js';
import { OrchestratorModule } from '../../apps/orchestrator/src/orchestrator.module.js';
import { ThisProcess } from '../../apps/orchestrator/src/this-process.js';
import { group, stageKey, w, type Stage } from './group-stage.js';

/** Tokens are their own names. `ada` and `bob` are admins: two people who may do everything. */
const PEOPLE = {
  viewer: 'viewer',
  operator: 'operator',
  approver: 'approver',
  ada: 'admin',
  bob: 'admin',
  carol: 'approver',
  slack: 'relay',
} as const;
export type Person = keyof typeof PEOPLE;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Loose: each test asserts the shape that it expects, refusals among them. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/**
 * The operator API of the witness's orchestrator over a stage's journal and clock. It leads nothing and signs nothing by
 * itself; what it writes into its site's chain goes to the stage's journal, however that is seen by the rest of it.
 */
export class OperatorDesk {
  private constructor(
    readonly app: INestApplication,
    readonly url: string,
  ) {}

  /** `journal`: as this one orchestrator sees it; `api`: what differs from the desk's own access. */
  static async open(
    stage: Stage<Journal>,
    journal: Journal = stage.journal,
    site = w,
    api: Partial<Topology['api']> = {},
  ): Promise<OperatorDesk> {
    const runtime = runtimeOf(stage.clock);
    const module = await Test.createTestingModule({
      imports: [runtime.module, OrchestratorModule.register(self(stage, site, api), [])],
    })
      .overrideProvider(Journal)
      .useValue(journal)
      .overrideProvider(EventBus)
      .useValue(new MultiClusterEventBus([], { waitMs: 10, retryMs: 10 }, runtime.parts))
      .overrideProvider(GroupLoops)
      .useValue({})
      .overrideProvider(NotaryService)
      .useValue({})
      .overrideProvider(SiteAudit)
      .useValue(new SiteAudit(new SiteChain(stage.journal, w), stage.clock, runtime.parts.readiness))
      .compile();
    const app = module.createNestApplication({ logger: false, forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
    return new OperatorDesk(app, await app.getUrl());
  }

  get(person: Person, path: string): Promise<Answered> {
    return this.ask(person, path, { method: 'GET' });
  }

  /** `path` is of the group unless it starts with a slash. */
  post(person: Person, path: string, body: object, key?: string): Promise<Answered> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    return this.ask(person, path, { method: 'POST', body: JSON.stringify(body), headers });
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  private async ask(
    person: Person,
    path: string,
    request: { readonly method: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Answered> {
    const address = path.startsWith('/') ? `/v1${path}` : `/v1/groups/${group}/${path}`;
    const headers = { authorization: `Bearer ${person}`, 'content-type': 'application/json', ...request.headers };
    const answer = await fetch(this.url + address, { ...request, headers });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }
}

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');

function self({ topology }: Stage<Journal>, site: SiteId, api: Partial<Topology['api']>): ThisProcess {
  const tokens = Object.entries(PEOPLE).map(([name, role]) => ({ name, role, sha256: sha256(name) }));
  return new ThisProcess({
    site,
    process: processId(`orchestrator@${site}`),
    topology: { ...topology, api: { ...topology.api, tokens, ...api } },
    topologyHash: 'hash',
    signingKey: stageKey(site),
  });
}

function runtimeOf(clock: Clock) {
  const log = new InMemoryLog();
  const readiness = new ProcessReadiness(log, clock);
  const providers = [
    { provide: Clock, useValue: clock },
    { provide: Random, useClass: SystemRandom },
    { provide: Log, useValue: log },
    { provide: Readiness, useValue: readiness },
    { provide: Metrics, useValue: new Metrics() },
  ];
  @Global()
  @Module({ providers, exports: providers.map(({ provide }) => provide) })
  class DeskRuntime {}
  return { module: DeskRuntime, parts: { clock, log, readiness } };
}
