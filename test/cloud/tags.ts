import type { ProviderSettings } from "./provider-settings.js";
import { hasUnknown, isObject, UNKNOWN, type Properties } from "./values.js";

/** What `tagsAll` becomes in a check: the provider's default tags, over them the resource's (pulumi-aws, provider/tags.go). */
export function allTags(tags: unknown, settings: ProviderSettings): unknown {
  if (hasUnknown(tags)) return UNKNOWN;
  return withoutIgnored({ ...settings.defaultTags, ...(isObject(tags) ? tags : {}) }, settings);
}

/** `tags` and `tagsAll` as a read tells them: those that are only the provider's defaults are not the resource's own. */
export function readTags(held: unknown, ownKeys: readonly string[], settings: ProviderSettings): Properties {
  const all = withoutIgnored(isObject(held) ? held : {}, settings);
  const isOwn = ([key, value]: [string, unknown]): boolean =>
    ownKeys.includes(key) || settings.defaultTags[key] !== value;
  return { tags: Object.fromEntries(Object.entries(all).filter(isOwn)), tagsAll: all };
}

function withoutIgnored(tags: Properties, { ignoredTags }: ProviderSettings): Properties {
  const isSeen = ([key]: [string, unknown]): boolean =>
    !ignoredTags.keys.includes(key) && !ignoredTags.prefixes.some((prefix) => key.startsWith(prefix));
  return Object.fromEntries(Object.entries(tags).filter(isSeen));
}
