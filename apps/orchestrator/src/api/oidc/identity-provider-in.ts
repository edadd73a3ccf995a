import type { Clock, Log } from '#libs/runtime';
import type { OidcSettings } from '#libs/topology';
import { NoIdentityProvider, type IdentityProvider } from '../identity-provider.js';
import { fetchKeys } from './fetch-keys.js';
import { OidcIdentityProvider } from './oidc.identity-provider.js';
import { ProviderKeys } from './provider-keys.js';

/** The provider that signalbox.yaml names; its keys are asked for now, and nothing waits for them. */
export function identityProvider(
  settings: OidcSettings | undefined,
  ports: { readonly clock: Clock; readonly log: Log },
): IdentityProvider {
  if (!settings) return new NoIdentityProvider();
  const keys = new ProviderKeys(fetchKeys(settings), ports);
  void keys.warmUp();
  return new OidcIdentityProvider(settings, keys.find, ports.clock);
}
