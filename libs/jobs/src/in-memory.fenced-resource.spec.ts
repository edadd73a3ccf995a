import type { WriteAccess } from '#libs/domain';
import { fencedResourceConformance } from '../../../test/support/fenced-resource.conformance.js';
import { InMemoryFencedResource } from './in-memory.fenced-resource.js';

fencedResourceConformance<WriteAccess>(InMemoryFencedResource.name, async () => ({
  resource: new InMemoryFencedResource<WriteAccess>('inbound'),
  values: ['inbound', 'clients'],
  end: async () => undefined,
}));
