import { clusterId, flowId, groupId, siteId } from '#libs/domain';
import { z } from 'zod';

/** Every id may stand in a journal key, a topic name, a job id and a label. */
const ID = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Of what `of` says. */
export const id = (of: string) =>
  z
    .string(`the id of a ${of}`)
    .regex(ID, `the id of a ${of}: lower-case letters, digits and inner hyphens, at most 63`);

export const SiteIdText = id('site').transform(siteId);
export const ClusterIdText = id('cluster').transform(clusterId);
export const FlowIdText = id('flow').transform(flowId);
export const GroupIdText = id('group').transform(groupId);
export const ConfigIdText = id('config');
export const ChannelIdText = id('channel');
export const InstallationIdText = id('installation');

/** An object that refuses keys it does not know, and says which ones it does. */
export const record = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `only these keys here: ${Object.keys(shape).join(', ')}` : undefined,
  });

export const Text = z.string('a text').trim().min(1, 'a text that is not empty');
export const Command = z
  .array(Text, 'a list: the program and its arguments')
  .min(1, 'a list with at least the program');
/** What a timer of Node takes; a longer one would fire at once. */
const LONGEST_MS = 2_147_483_647;
export const Milliseconds = z
  .number('a number of milliseconds')
  .int('whole milliseconds')
  .min(1, 'at least 1 ms')
  .max(LONGEST_MS, `at most ${LONGEST_MS} ms, which is 24 days`);

const ENDPOINT = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):([0-9]{1,5})$/;
const ENDPOINT_FORM = 'host:port, for example broker-1.a.example:9092';
export const Endpoint = z
  .string(ENDPOINT_FORM)
  .regex(ENDPOINT, { error: ENDPOINT_FORM, abort: true })
  .refine((text) => portOf(text) >= 1 && portOf(text) <= 65_535, 'host:port with a port from 1 to 65535');
const portOf = (text: string): number => Number(text.slice(text.lastIndexOf(':') + 1));

/** Credentials never stand in an address: they would end up in logs. */
const url = (protocol: RegExp, form: string) =>
  z
    .url({ protocol, error: form, abort: true })
    .refine((text) => !/\/\/[^/]*@/.test(text), `${form}, without user or password`);
/** Of a service, under which paths are looked up. */
const address = (protocol: RegExp, form: string) => url(protocol, form).transform((text) => text.replace(/\/+$/, ''));

export const HttpAddress = address(/^https?$/, 'an address like http://10.1.0.5:8080');
export const RedisAddress = address(/^rediss?$/, 'an address like redis://10.1.0.5:6379');
/** Taken as it is: to a receiver a final slash can make another address. */
export const HttpUrl = url(/^https?$/, 'an address like https://hooks.example.com/signalbox');

export const IpAddress = z.union([z.ipv4(), z.ipv6()], 'an IPv4 or IPv6 address');

const DNS_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/;
const DNS_FORM = 'a lower-case DNS name without a final dot, for example kafka.example.com';
export const DnsName = z.string(DNS_FORM).regex(DNS_NAME, DNS_FORM);

/** Where a secret is read from. The secret itself never stands in signalbox.yaml. */
export const SecretRef = z.strictObject(
  { file: z.string('the path of a file').min(1, 'the path of a file that is not empty') },
  'a reference to a file, { file: /run/secrets/… }; never the secret itself',
);
export type SecretRef = z.infer<typeof SecretRef>;
