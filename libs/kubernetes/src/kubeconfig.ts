import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf } from '#libs/domain';
import type { Credentials, LoadCredentials } from './credentials.js';
import { KubeconfigError } from './errors.js';

const Cluster = z.looseObject({
  server: z.url({ protocol: /^https?$/ }),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'tls-server-name': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
});
const User = z.looseObject({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
});
const Context = z.looseObject({ cluster: z.string(), user: z.string() });
const Kubeconfig = z.looseObject({
  clusters: z.array(z.looseObject({ name: z.string(), cluster: Cluster })).default([]),
  users: z.array(z.looseObject({ name: z.string(), user: User.nullish() })).default([]),
  contexts: z.array(z.looseObject({ name: z.string(), context: Context })).default([]),
  'current-context': z.string().optional(),
});
type Kubeconfig = z.infer<typeof Kubeconfig>;

/** By programs that are run, or by cloud plug-ins that Kubernetes itself has given up. */
const OTHER_LOGINS = ['exec', 'auth-provider', 'username', 'password'];

/** Credentials as a kubeconfig says them; `context` is one of its contexts, the current one when absent. */
export const fromKubeconfig =
  (file: string, context?: string): LoadCredentials =>
  async () => {
    const config = parsed(await textOf(file), file);
    const { cluster, user } = chosen(config, context, file);
    const other = OTHER_LOGINS.find((login) => login in user);
    if (other !== undefined) {
      const advice = 'a certificate and key, token or tokenFile; in a pod, access: in-cluster';
      throw new KubeconfigError(`${file} logs in by ${other}, which Signalbox does not do: use ${advice}`);
    }
    const content = async (part: Record<string, unknown>, name: string): Promise<string | undefined> => {
      const data = part[`${name}-data`];
      if (typeof data === 'string') return Buffer.from(data, 'base64').toString('utf8');
      const path = part[name];
      return typeof path === 'string' ? textOf(resolve(dirname(file), path)) : undefined;
    };
    return {
      server: cluster.server,
      ...given('ca', await content(cluster, 'certificate-authority')),
      ...given('certificate', await content(user, 'client-certificate')),
      ...given('key', await content(user, 'client-key')),
      ...given('serverName', cluster['tls-server-name']),
      ...given(
        'token',
        user.token ?? (user.tokenFile && (await textOf(resolve(dirname(file), user.tokenFile))).trim()),
      ),
      ...(cluster['insecure-skip-tls-verify'] === true && { isUnverified: true }),
    };
  };

/** Of this process: a pod finds its API server there. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a process reaches an API server, as signalbox.yaml says it. */
export type Access =
  'in-cluster' | { readonly kubeconfig: { readonly file: string }; readonly context?: string | undefined };

export const credentialsBy = (access: Access, environment: Environment): LoadCredentials =>
  access === 'in-cluster' ? inCluster(environment) : fromKubeconfig(access.kubeconfig.file, access.context);

const MOUNTED = '/var/run/secrets/kubernetes.io/serviceaccount';

/** As a pod is given them; `folder` is where its service account is mounted. */
export const inCluster =
  (environment: Environment, folder = MOUNTED): LoadCredentials =>
  async () => {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
    if (!host || !port) {
      const advice = 'name a kubeconfig under access where this is no pod';
      throw new KubeconfigError(`KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: ${advice}`);
    }
    return {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      ca: await textOf(`${folder}/ca.crt`),
      token: (await textOf(`${folder}/token`)).trim(),
    };
  };

const given = <Name extends keyof Credentials>(name: Name, text: string | undefined): { [key in Name]?: string } =>
  (text ? { [name]: text } : {}) as { [key in Name]?: string };

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unreadable';
    throw new KubeconfigError(`${file} cannot be read (${code}): put it there, readable by us`);
  }
}

function parsed(text: string, file: string): Kubeconfig {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    // What a parser quotes may be a secret.
    throw new KubeconfigError(`${file} is no YAML: ${messageOf(error).split('\n')[0]?.replace(/:.*/, '') ?? ''}`);
  }
  const found = Kubeconfig.safeParse(content);
  if (found.success) return found.data;
  const paths = found.error.issues.map(({ path }) => path.join('.') || 'document');
  throw new KubeconfigError(`${file} is no kubeconfig: look at ${[...new Set(paths)].join(', ')}`);
}

function chosen(config: Kubeconfig, context: string | undefined, file: string) {
  const name = context ?? config['current-context'];
  const found = config.contexts.find((each) => each.name === name)?.context;
  if (found === undefined) {
    const names = config.contexts.map((each) => each.name).join(', ') || 'none';
    throw new KubeconfigError(`${file} has no context ${name ?? 'as current-context'}: name one of its own, ${names}`);
  }
  const cluster = config.clusters.find((each) => each.name === found.cluster)?.cluster;
  const user = config.users.find((each) => each.name === found.user);
  if (cluster === undefined || user === undefined) {
    throw new KubeconfigError(`${file} lacks the cluster ${found.cluster} or the user ${found.user}: add it`);
  }
  return { cluster, user: user.user ?? {} };
}
