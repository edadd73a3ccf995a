import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parse, stringify } from 'yaml';
import { chain, GENESIS, type ChainHead } from '#libs/audit';
import type { Notification, SlackPerson } from '#libs/contracts';
import { epoch, groupId, type ApprovalId, type Json } from '#libs/domain';
import { InMemoryJournal, keys } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, SystemClock, SystemRandom, type Clock } from '#libs/runtime';
import { parseTopology, type ChannelOf, type Topology } from '#libs/topology';
import { assembleSlack, type SlackParts } from '../../../apps/notifier/src/slack/assemble-slack.js';
import { notificationOf } from '../../../apps/notifier/src/notification/notification-of.js';
import { QuestionBook, type Question } from '../../../apps/notifier/src/notification/question.js';
import { InMemoryRelay } from '../../../apps/notifier/src/slack/in-memory.relay.js';
import type {
  FreezeOutcome,
  Refused,
  RelayedAnswer,
  RelayedFreeze,
  RelayOutcome,
} from '../../../apps/notifier/src/slack/relay.js';
import { SlackPerson as SlackUser } from './slack-person.js';
import { SlackSimulator } from './slack-simulator.js';

const EXAMPLE = new URL('../../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);
export const orders = groupId('orders');
export const APPROVAL = 'approval-20261121-031500-0a1b2c';
const PLAN_HASH = '4be1c0ffee4be1c0ffee4be1c0ffee4be1c0ffee4be1c0ffee4be1c0ffee4be1';
const HOUR_MS = 3_600_000;

/** Alice and Bob stand in signalbox.yaml; whoever else is in the channel does not. */
export const PEOPLE = { U0ALICE: 'alice', U0BOB: 'bob' } as const;

export type Way = 'socket' | 'http';

/** No lease of days ends in a test, and its timer would outlive it. */
class LongClock extends SystemClock {
  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms < HOUR_MS) return super.sleep(ms, signal);
    await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
  }
}

/** Notifiers with a Slack channel, the journal they read, and rules that a test plays. */
export class SlackBench {
  readonly log = new InMemoryLog();
  readonly readiness: ProcessReadiness;
  readonly journal: InMemoryJournal;
  /** Who may answer, besides standing in signalbox.yaml. */
  approvers: readonly string[] = ['alice', 'bob'];
  readonly relay = new InMemoryRelay(
    (answer) => this.decide(answer),
    (freeze) => this.freeze(freeze),
  );
  private head: ChainHead = GENESIS;
  private readonly running: SlackParts[] = [];
  private readonly servers: Server[] = [];

  private constructor(
    readonly way: Way,
    readonly slack: SlackSimulator,
    readonly clock: Clock,
  ) {
    this.readiness = new ProcessReadiness(this.log, clock);
    this.journal = new InMemoryJournal(new LongClock());
  }

  static async start(way: Way = 'socket', clock: Clock = new SystemClock()): Promise<SlackBench> {
    return new SlackBench(way, await SlackSimulator.start(clock), clock);
  }

  async end(): Promise<void> {
    for (const parts of this.running) await parts.stop();
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
    await this.slack.end();
    await this.journal.close();
  }

  get topology(): Topology {
    const { workspace, apiUrl } = this.slack;
    const secret = { file: '/run/secrets/slack' };
    const connection =
      this.way === 'socket' ? { kind: 'socket', appToken: secret } : { kind: 'http', signingSecret: secret };
    const document = parse(readFileSync(EXAMPLE, 'utf8')) as Record<string, unknown>;
    const { team, channel } = workspace;
    document['approval'] = { groups: { dba: ['alice', 'bob'] } };
    const hash = '0'.repeat(64);
    document['api'] = { tokens: [{ name: 'slack-relay', role: 'relay', sha256: hash }] };
    document['channels'] = [
      {
        id: 'ops',
        kind: 'slack',
        team,
        channel,
        botToken: secret,
        relayToken: secret,
        connection,
        apiUrl,
        people: PEOPLE,
        userGroups: { dba: 'S0DBA' },
      },
    ];
    document['policy'] = { ...(document['policy'] as object), pollMs: 200 };
    return parseTopology(stringify(document), 'signalbox.yaml');
  }

  /** A notifier; `leads` as one of them does. */
  async notifier(name = 'notifier@b#1', leads = true): Promise<SlackParts> {
    const { topology, journal, relay, clock, log, readiness } = this;
    const { botToken, appToken, signingSecret } = this.slack.workspace;
    const channel = topology.channels[0] as ChannelOf<'slack'>;
    const parts = assembleSlack(
      channel,
      { botToken, connection: this.way === 'socket' ? appToken : signingSecret },
      { topology, journal, relay, clock, log, readiness, random: new SystemRandom(), name, leads: async () => leads },
    );
    this.running.push(parts);
    if (parts.http) this.servers.push(await letIn(this.slack, parts.http));
    return parts;
  }

  /** As above, connected and ready for clicks. */
  async started(name?: string, leads?: boolean): Promise<SlackParts> {
    const parts = await this.notifier(name, leads);
    const before = this.slack.connections;
    parts.start();
    if (this.way === 'socket') await this.until('a socket', () => this.slack.connections > before);
    return parts;
  }

  person(id: string): SlackUser {
    return new SlackUser(this.slack, id);
  }

  /** An orchestrator asks, as it would after 90 s of silence of site a. */
  async ask(change: Partial<Question> = {}): Promise<Notification> {
    const now = this.clock.now();
    await this.put({
      id: APPROVAL,
      group: 'orders',
      kind: 'failover',
      target: 'b',
      phase: 'open',
      planHash: PLAN_HASH,
      required: 1,
      approvers: [],
      vetoes: [{ name: 'lag-unknown', message: 'nobody knows how far the mirror had come' }],
      requestedAt: now,
      expiresAt: now + HOUR_MS,
      answers: [],
      ...change,
    });
    return this.record('ask-approval', {
      verdicts: [
        {
          cluster: 'kafka-a',
          kind: 'down',
          failedForMs: 91_000,
          voices: [
            { site: 'a', opinion: 'silent' },
            { site: 'b', opinion: 'down' },
            { site: 'w', opinion: 'down' },
          ],
        },
      ],
      lag: { 'kafka-a': { flow: 'a-to-b', lagRecords: 1_042, lagMs: 3_200, sampleAgeMs: 800 } },
      owes: [{ does: 'open-approval', approval: APPROVAL, kind: 'failover', from: 'a', to: 'b', planHash: PLAN_HASH }],
    });
  }

  /** One more entry of the group's chain, and what people are told of it. */
  async record(rule: string, evidence: Json, by = 'orchestrator@b'): Promise<Notification> {
    const kind = by.includes('@') ? 'process' : 'person';
    const state = { before: 'suspecting', after: 'awaiting-approval', epoch: epoch(7), evidence };
    const entry = chain(this.head, { group: orders, at: this.clock.now(), actor: { kind, id: by }, rule, ...state });
    this.head = entry;
    const key = keys.auditEntry(orders, entry.sequence);
    await this.journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: JSON.stringify(entry) }] });
    return notificationOf(entry);
  }

  async question(): Promise<Question> {
    const found = await new QuestionBook(this.journal).find(APPROVAL);
    if (!found) throw new Error('There is no approval');
    return found;
  }

  async put(question: Question): Promise<void> {
    const key = keys.approval(question.id as ApprovalId);
    await this.journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: JSON.stringify(question) }] });
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const startedMs = this.clock.monotonicMs();
    while (!holds()) {
      if (this.clock.monotonicMs() - startedMs > 20_000) throw new Error(`${what}: not within 20 s`);
      await this.clock.sleep(5);
    }
  }

  private freeze({ person, forMs }: RelayedFreeze): FreezeOutcome {
    const by = nameOf(person);
    if (!this.approvers.includes(by)) return refused('SB_FORBIDDEN', `${by} may not do this.`);
    return { kind: 'frozen', by, until: this.clock.now() + forMs };
  }

  /** The rules, as short as they can be: known people, not their own request, the first answer. */
  private async decide({ person, decision, planHash }: RelayedAnswer): Promise<RelayOutcome> {
    const principal = nameOf(person);
    const question = await this.question();
    const { phase, decidedBy } = question;
    if (phase !== 'open') return { kind: 'already-decided', phase, by: decidedBy };
    if (!this.approvers.includes(principal)) return refused('SB_FORBIDDEN', `${principal} may not approve this.`);
    if (question.requestedBy === principal) return refused('SB_OWN_REQUEST', `${principal} asked for this.`);
    if (planHash !== question.planHash) return refused('SB_PLAN_CHANGED', 'The plan is another one now.');
    const after = decision === 'grant' ? 'granted' : 'denied';
    await this.put({ ...question, phase: after, decidedBy: principal, decidedAt: this.clock.now() });
    return { kind: 'counted', phase: after };
  }
}

const refused = (code: string, message: string): Refused => ({ kind: 'refused', code, message });

/** As the rules look it up. */
const nameOf = ({ team, user }: SlackPerson): string =>
  Object.hasOwn(PEOPLE, user) ? PEOPLE[user as keyof typeof PEOPLE] : `slack:${team}/${user}`;

/** Lets Slack post to a notifier, as an ingress would. */
export async function letIn(slack: SlackSimulator, http: NonNullable<SlackParts['http']>): Promise<Server> {
  const server = createServer((request, response) => void http.handle(request.url ?? '', request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  slack.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return server;
}

/** Every text of a message, as somebody reads it from top to bottom. */
export const textsOf = (blocks: readonly unknown[]): string => {
  const texts: string[] = [];
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') texts.push(value);
    return value;
  });
  return texts.join('\n');
};
