/** Where an API server is, and as whom we ask it. PEM texts. */
export interface Credentials {
  readonly server: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Expected in the server's certificate, when it differs from the host in its address. */
  readonly serverName?: string;
  /** Of a bearer; without one the certificate says who we are. */
  readonly token?: string;
  /** The kubeconfig says that whoever answers is to be believed. */
  readonly isUnverified?: boolean;
}

/** Reads them as they are now: a mounted token is another one after some minutes. @throws KubeconfigError */
export type LoadCredentials = () => Promise<Credentials>;
