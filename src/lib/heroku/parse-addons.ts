import {fieldsOf, listOf, maybeText, textAt} from './record.js'
import type {Addon, Attachment} from './types.js'

export function parseAddons(json: unknown): Addon[] {
  return listOf(json, 'add-on', (item) => {
    const addon = fieldsOf(item, 'add-on')
    return {
      id: textAt(addon, 'id', 'add-on'),
      name: textAt(addon, 'name', 'add-on'),
      service: maybeText(addon, 'addon_service', 'name') ?? '',
      plan: maybeText(addon, 'plan', 'name') ?? '',
    }
  })
}

/** As `Accept-Inclusion: addon:plan,config_vars` shows them; without it there are no plans and no config vars. */
export function parseAttachments(json: unknown): Attachment[] {
  return listOf(json, 'attachment', (item) => {
    const attachment = fieldsOf(item, 'attachment')
    const addon = fieldsOf(attachment.addon, 'add-on of an attachment')
    const vars: unknown = attachment.config_vars
    return {
      name: textAt(attachment, 'name', 'attachment'),
      app: maybeText(attachment, 'app', 'name') ?? '',
      addon: {
        id: textAt(addon, 'id', 'add-on of an attachment'),
        name: textAt(addon, 'name', 'add-on of an attachment'),
        plan: maybeText(addon, 'plan', 'name') ?? '',
        app: maybeText(addon, 'app', 'name') ?? '',
      },
      configVars: Array.isArray(vars) ? vars.filter((name): name is string => typeof name === 'string') : [],
    }
  })
}

/** Config vars by name; null values (unset in this very moment) are none. */
export function parseConfigVars(json: unknown): Record<string, string> {
  const entries = Object.entries(fieldsOf(json, 'config var'))
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
