import { isJsonList, pick, pickText } from '../../model/json.ts';
import { serviceKind } from './registry.ts';
import type { ObjectStore } from './store.ts';

/** A cluster IP and a node port that no service has yet, from the server's default ranges. */
export function freeAddresses(store: ObjectStore): { readonly clusterIP: string; readonly nodePort: number } {
  const services = store.list(serviceKind, null).map(([, service]) => service);
  const addresses = new Set(services.map((service) => pickText(service, 'spec', 'clusterIP')));
  const ports = services.flatMap((service) => {
    const list = pick(service, 'spec', 'ports');
    return isJsonList(list) ? list.map((port) => Number(pick(port, 'nodePort') ?? 0)) : [];
  });
  let next = 10;
  while (addresses.has(addressOf(next))) next += 1;
  return { clusterIP: addressOf(next), nodePort: Math.max(30_000, ...ports.map((port) => port + 1)) };
}

function addressOf(index: number): string {
  return `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}
