import type {AppState} from '../app/state.js'

/** The app as a window changes it. */
export type Seen = {state: AppState; preboot?: boolean | undefined}

const onOff = (on: boolean): string => (on ? 'on' : 'off')

/** What differs now from what was seen before a run: a sentence each. */
export function differences(before: Seen, now: Seen): string[] {
  const quantities = new Map(now.state.formation.map(({quantity, type}) => [type, quantity]))
  const scaled = before.state.formation.filter(({quantity, type}) => (quantities.get(type) ?? 0) !== quantity)
  const versions = [before, now].map(({state}) => (state.current ? `v${state.current.version}` : 'no release'))
  return [
    ...(before.state.maintenance === now.state.maintenance
      ? []
      : [`Maintenance mode is ${onOff(now.state.maintenance)}; before, it was ${onOff(before.state.maintenance)}.`]),
    ...scaled.map(({quantity, type}) => `${type} is at ${quantities.get(type) ?? 0}; before, it was at ${quantity}.`),
    ...(before.preboot === undefined || before.preboot === now.preboot
      ? []
      : [`Preboot is ${onOff(now.preboot ?? false)}; before, it was ${onOff(before.preboot)}.`]),
    ...(versions[0] === versions[1] ? [] : [`${versions[1]} is current; before, it was ${versions[0]}.`]),
  ]
}
