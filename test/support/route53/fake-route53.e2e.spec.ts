import { execFile } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../lab/condition.js';
import { FAKE_KEY, FAKE_ZONE_ID, FakeRoute53 } from './fake-route53.js';
import { parseXml, textOf, child } from './xml.js';

const run = promisify(execFile);
const ZONE = 'lab.example';
const NAME = `kafka.${ZONE}`;
const PROPAGATION_MS = 1_500;

/** Its wire format, by a client that is neither ours nor Amazon's: curl signs by its own code. */
describe('the Route 53 fake, asked by curl', () => {
  let fake: FakeRoute53;
  let resolver: Resolver;

  beforeAll(async () => {
    fake = await FakeRoute53.start({ zone: ZONE, settings: { propagationMs: PROPAGATION_MS } });
    resolver = new Resolver({ timeout: 2_000, tries: 3 });
    resolver.setServers([fake.nameServer]);
  });
  afterAll(() => fake?.end());

  const curl = async (path: string, options: { body?: string; secret?: string } = {}) => {
    const { body, secret = FAKE_KEY.secretAccessKey } = options;
    const { stdout } = await run('curl', [
      '-s',
      '-w',
      '\n%{http_code}',
      '--aws-sigv4',
      'aws:amz:us-east-1:route53',
      '--user',
      `${FAKE_KEY.accessKeyId}:${secret}`,
      ...(body === undefined ? [] : ['-H', 'content-type: text/xml', '--data-binary', body]),
      `${fake.endpoint}/2013-04-01/${path}`,
    ]);
    const at = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(at + 1)), root: parseXml(stdout.slice(0, at)) };
  };
  const batch = (...changes: readonly string[]) =>
    `<?xml version="1.0" encoding="UTF-8"?>
     <ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch>
       <Changes>${changes.join('')}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;
  const change = (action: string, address: string) =>
    `<Change><Action>${action}</Action><ResourceRecordSet><Name>${NAME}</Name><Type>A</Type><TTL>5</TTL>
     <ResourceRecords><ResourceRecord><Value>${address}</Value></ResourceRecord></ResourceRecords>
     </ResourceRecordSet></Change>`;

  it('takes a change, holds it at once, and answers with it when it is in sync', async () => {
    const created = await curl(`hostedzone/${FAKE_ZONE_ID}/rrset`, { body: batch(change('CREATE', '192.0.2.1')) });
    expect(created.status).toBe(200);
    const info = child(created.root, 'ChangeInfo');
    expect(textOf(info, 'Status')).toBe('PENDING');

    const listed = await curl(`hostedzone/${FAKE_ZONE_ID}/rrset?maxitems=1&name=${NAME}&type=A`);
    const [held] = child(listed.root, 'ResourceRecordSets')!.children;
    expect([textOf(held, 'Name'), textOf(held, 'TTL')]).toEqual([`${NAME}.`, '5']);

    const answered = await until('the name server answers', 60_000, () => resolver.resolve4(NAME));
    expect(answered).toEqual(['192.0.2.1']);
    const asked = await curl(textOf(info, 'Id')!.slice(1));
    expect(textOf(child(asked.root, 'ChangeInfo'), 'Status')).toBe('INSYNC');
  });

  it('refuses by exact values, in the words of Route 53', async () => {
    const body = batch(change('DELETE', '192.0.2.9'), change('CREATE', '192.0.2.2'));
    const { status, root } = await curl(`hostedzone/${FAKE_ZONE_ID}/rrset`, { body });
    expect(status).toBe(400);
    expect(textOf(child(root, 'Error'), 'Code')).toBe('InvalidChangeBatch');
    expect(textOf(child(root, 'Error'), 'Message')).toBe(
      `[Tried to delete resource record set [name='${NAME}.', type='A'] but the values provided do not match the current values, ` +
        `Tried to create resource record set [name='${NAME}.', type='A'] but it already exists]`,
    );
  });

  it('refuses another secret, and what is no batch', async () => {
    const { status, root } = await curl(`hostedzone/${FAKE_ZONE_ID}`, { secret: 'wrong' });
    expect([status, textOf(child(root, 'Error'), 'Code')]).toEqual([403, 'SignatureDoesNotMatch']);
    const broken = await curl(`hostedzone/${FAKE_ZONE_ID}/rrset`, { body: '<ChangeResourceRecordSetsRequest/>' });
    expect([broken.status, textOf(child(broken.root, 'Error'), 'Code')]).toEqual([400, 'InvalidInput']);
  });
});
