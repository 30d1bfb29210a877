import { resolve } from 'node:path';
import type { SourceHostEntry, SourceSettings } from '../model/server-settings.ts';
import type { HostAccess } from '../world/sources/access.ts';
import { authorityOf } from './authority.ts';
import { type FilePlace, secretOf } from './file-forges.ts';

/** Credentials and authorities of the hosts a server's file lists, read. Throws `FairleadError` `usage` for what cannot be had. */
export async function sourceHosts(settings: SourceSettings, place: FilePlace): Promise<readonly HostAccess[]> {
  return Promise.all([...settings.hosts].map(([host, entry]) => accessTo(host, entry, place)));
}

async function accessTo(host: string, entry: SourceHostEntry, place: FilePlace): Promise<HostAccess> {
  const path = `sources.hosts.${host}`;
  return {
    host,
    username: entry.username,
    password: await secretOf(entry.password, `${path}.password`, place),
    token: await secretOf(entry.token, `${path}.token`, place),
    ca: entry.caFile === null ? null : await authorityOf(resolve(place.folder, entry.caFile), `${path}.caFile`),
    secret: entry.secret,
  };
}
