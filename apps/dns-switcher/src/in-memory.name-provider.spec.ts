import { InMemoryNameProvider } from './in-memory.name-provider.js';
import { nameProviderConformance } from './name-provider.conformance.js';

nameProviderConformance(InMemoryNameProvider.name, async () => {
  const provider = new InMemoryNameProvider();
  return {
    provider,
    names: ['one.example', 'two.example'],
    edit: async (name, sets) => provider.edit(name, sets),
  };
});
