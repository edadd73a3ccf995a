import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Approval } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { parse, stringify } from 'yaml';
import { ACTION } from '../../apps/notifier/src/slack/decision-message.js';
import { signalbox } from '../demo/signalbox-cli.js';
import type { Stage } from '../demo/stage.js';
import { waitFor } from '../demo/steady.js';
import { Lab } from '../lab/lab.js';
import { PORTS, SITES } from '../lab/layout.js';
import type { Amend } from '../lab/topology-file.js';
import { OidcProvider } from '../support/oidc-provider.js';
import { SlackPerson } from '../support/slack/slack-person.js';
import { SlackSimulator } from '../support/slack/slack-simulator.js';

const clock = new SystemClock();
const SOON_MS = 60_000;
const RELAY_TOKEN = 'handed-in-by-the-notifier';
const ALICE = 'U0ALICE';
const REASON = 'maintenance';
const SIGNING_SECRET = 'slack.signing';

/** Who can say yes, and over what: Slack, an identity provider, and a key that was enrolled before. */
export class FiveWays {
  private closing: Promise<unknown> | undefined;

  private constructor(
    readonly slack: SlackSimulator,
    private readonly provider: OidcProvider,
    private readonly key: KeyObject,
    private readonly publicKey: string,
  ) {}

  static async open(): Promise<FiveWays> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
    return new FiveWays(await SlackSimulator.start(), await OidcProvider.start(), privateKey, raw);
  }

  /** Nobody is left to log anybody in, or to be clicked at. Safe to repeat. */
  async close(): Promise<void> {
    this.closing ??= Promise.allSettled([this.slack.end(), this.provider.stop()]);
    await this.closing;
  }

  /** What stands in signalbox.yaml besides. Slack comes over a socket at first. */
  readonly amend: Amend = (document, secret) => {
    const { team, channel, botToken, appToken, signingSecret } = this.slack.workspace;
    secret(SIGNING_SECRET, signingSecret);
    document.api = {
      tokens: [...(document.api?.tokens ?? []), { name: 'slack-relay', role: 'relay', sha256: sha256(RELAY_TOKEN) }],
      oidc: {
        issuer: this.provider.issuer,
        audience: 'signalbox',
        algorithms: ['ES256'],
        grants: [{ value: 'on-call', role: 'approver' }],
      },
    };
    document.approval = { keys: [{ keyId: 'on-paper', principal: 'lab-admin', publicKey: this.publicKey }] };
    document.channels?.push({
      id: 'ops',
      kind: 'slack',
      team,
      channel,
      botToken: secret('slack.bot', botToken),
      relayToken: secret('slack.relay', RELAY_TOKEN),
      connection: { kind: 'socket', appToken: secret('slack.app', appToken) },
      people: { [ALICE]: 'lab-approver' },
      apiUrl: this.slack.apiUrl,
    });
  };

  /** Alice clicks, types the site, and the message says that it was she. */
  readonly inSlack = async (stage: Stage, approval: Approval): Promise<void> => {
    const { workspace } = this.slack;
    const alice = new SlackPerson(this.slack, ALICE);
    const messageOf = () => workspace.roots.find(({ blocks }) => JSON.stringify(blocks).includes(approval.id));
    const message = await waitFor('the message in Slack', { clock, withinMs: SOON_MS }, async () => messageOf());
    const formsBefore = workspace.views.length;
    const form = await waitFor('the form in Slack', { clock, withinMs: SOON_MS }, async () => {
      if (workspace.views.length === formsBefore) await alice.click(message.ts, ACTION.approve);
      return workspace.views.length > formsBefore ? alice.form : undefined;
    });
    await waitFor('the form to be taken', { clock, withinMs: SOON_MS }, async () => {
      const { isTaken } = await alice.submit(form, { site: approval.target, reason: REASON });
      return isTaken || (await phaseOf(stage, approval)) === 'granted' || undefined;
    });
    await waitFor('the name in the message', { clock, withinMs: SOON_MS }, async () => {
      const shown = JSON.stringify(messageOf()?.blocks);
      return (shown.includes('*granted* by <@U0ALICE>') && !shown.includes(ACTION.approve)) || undefined;
    });
  };

  readonly byCli = (stage: Stage, approval: Approval): Promise<void> =>
    insist(stage, approval, () => signalbox(stage.approver, 'approve', approval.id, '--reason', REASON));

  /** With a token of the identity provider, at any orchestrator. */
  readonly byApi = async (stage: Stage, { id }: Approval): Promise<void> => {
    const token = await this.provider.tokenFor('urn:signalbox');
    await waitFor('an orchestrator that takes it', { clock, withinMs: SOON_MS }, async () => {
      const answer = await fetch(`${stage.lab.site('w').apiUrl}/v1/approvals/${id}/answers`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': `five-ways-${id}`,
        },
        body: JSON.stringify({ decision: 'grant', reason: REASON }),
      });
      if (answer.ok) return true;
      throw new Error(`${answer.status} ${await answer.text()}`);
    });
  };

  /** Signed on a machine of its own, and handed in by whoever can reach an orchestrator, without a login. */
  readonly offline = async (stage: Stage, approval: Approval): Promise<void> => {
    const { id, group, planHash } = approval;
    const keyFile = stage.lab.run.write(
      this.key.export({ format: 'pem', type: 'pkcs8' }).toString(),
      'secrets',
      'on-paper.pem',
    );
    const what = ['--group', group, '--plan', planHash, '--key', keyFile, '--reason', REASON];
    const token = (await signalbox(stage.viewer, 'approve', id, '--offline', ...what)).trim();
    await insist(stage, approval, () => signalbox(stage.viewer, 'approve', '--token', token));
  };

  /** From now on Slack posts to the notifier of site b, which is closed to everybody else by its signature. */
  async turnToHttp(lab: Lab): Promise<void> {
    const document = parse(readFileSync(lab.configFile, 'utf8')) as Parameters<Amend>[0];
    for (const channel of document.channels ?? []) {
      if (channel.kind !== 'slack') continue;
      channel.connection = { kind: 'http', signingSecret: { file: lab.run.file('secrets', SIGNING_SECRET) } };
    }
    writeFileSync(lab.configFile, stringify(document));
    await Promise.all(SITES.map((site) => lab.killProcess(site, 'notifier')));
    this.slack.cutConnections();
    this.slack.requestUrl = `http://${lab.layout.address('b')}:${PORTS.notifier}/slack`;
    await Promise.all(
      SITES.map((site) =>
        waitFor(`the notifier of ${site}`, { clock, withinMs: SOON_MS }, () => lab.serves(site, 'notifier')),
      ),
    );
  }
}

export const phaseOf = async ({ api }: Pick<Stage, 'api'>, { id }: Approval): Promise<Approval['phase'] | undefined> =>
  (await api.get<readonly Approval[]>('/approvals')).find((each) => each.id === id)?.phase;

/** A busy machine answers late: what is said again counts once. */
const insist = async (stage: Stage, approval: Approval, say: () => Promise<unknown>): Promise<void> => {
  await waitFor('the answer to be taken', { clock, withinMs: SOON_MS }, async () => {
    if ((await phaseOf(stage, approval)) !== 'granted') await say();
    return true;
  });
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
