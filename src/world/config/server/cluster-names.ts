import type { TextRule } from '../option.ts';
import { pattern } from '../shapes.ts';

/** What a cluster may be called. */
export const clusterName: TextRule = pattern(
  '^[A-Za-z0-9](?:[A-Za-z0-9._:/@-]{0,251}[A-Za-z0-9])?$',
  'a name of a cluster: letters, digits and ._:/@-, at most 253',
);

/** What a namespace may be called. */
export const namespaceName: TextRule = pattern('^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$', 'a name of a namespace');
