import { type Resource, resourceKey } from '../../model/resource.ts';
import type { Check } from './check.ts';
import { findingAt } from './place.ts';

/** Two manifests for one object: whichever is applied last would win. */
export const identityCheck: Check = {
  name: 'identity',
  text: 'No object is declared twice in one target.',
  rules: ['duplicate-resource'],
  needs: [],
  run: (input) => {
    const seen = new Map<string, Resource>();
    return input.resources.flatMap((resource) => {
      const key = resourceKey(resource.id);
      const first = seen.get(key);
      if (first === undefined || resource.id.name === '') {
        seen.set(key, resource);
        return [];
      }
      const place = first.source === null ? 'elsewhere' : `in ${first.source.file}:${first.source.line}`;
      const message = `it is already declared ${place}.`;
      const fix = 'Keep one of the two declarations.';
      return [
        findingAt(resource, input.target, { rule: 'duplicate-resource', severity: 'block', message, fix, at: [] }),
      ];
    });
  },
};
