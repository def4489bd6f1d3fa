import type {Platform} from '../platform.js'
import {currentRelease} from '../state/new-app.js'
import type {AppState} from '../state/types.js'
import {coolOffMs} from './crash-loop.js'
import {startDynoOf, type Dyno, type DynoWish} from './dyno.js'
import {DynoList} from './dyno-list.js'
import {canPreboot, Preboot} from './preboot.js'

/** Between "State changed from up to down" and SIGTERM (platform-facts §3.5). */
const sigtermDelayMs = 1000

/** Keeps the dynos of one app as its formation and its current release want them. */
export class DynoManager {
  readonly #platform: Platform
  readonly #app: AppState
  /** Formation dynos by name: `web.1`. */
  readonly #slots = new Map<string, Dyno>()
  /** `run.NNNN`, `release.NNNN`, `worker.NNNN`. */
  readonly #oneOffs = new Map<string, Dyno>()
  /** Every dyno whose process has not exited, listed or not. */
  readonly #alive = new Set<Dyno>()
  readonly #preboot: Preboot
  readonly #crashes = new Map<string, number>()
  readonly #list: DynoList
  #stopped = false

  constructor(platform: Platform, app: AppState) {
    this.#platform = platform
    this.#app = app
    this.#preboot = new Preboot(platform.time)
    this.#list = new DynoList(() => platform.knobs(app.name).dynoListLagMs)
  }

  /** What `GET /dynos` shows. */
  listed(): Dyno[] {
    return this.#list.at([...this.#slots.values(), ...this.#oneOffs.values()])
  }

  /** The web dynos the router may choose from. */
  routable(): Dyno[] {
    return this.#preboot.routable([...this.#slots.values()].filter((dyno) => dyno.type === 'web'))
  }

  /** Crashed, and not started again at once. */
  coolsOff({name, state}: Dyno): boolean {
    return state === 'crashed' && (this.#crashes.get(name) ?? 0) > 1
  }

  find(nameOrId: string): Dyno | undefined {
    return [...this.#slots.values(), ...this.#oneOffs.values()].find(
      (dyno) => dyno.name === nameOrId || dyno.id === nameOrId,
    )
  }

  /** Starts what is missing and stops what is too much; dynos that may stay are left alone. */
  converge(): void {
    const wanted = this.#wanted()
    const tooMany = [...this.#slots.values()].filter((dyno) => !wanted.has(dyno.name))
    if (tooMany.some((dyno) => dyno.type === 'web')) tooMany.push(...this.#preboot.scaledDown())
    for (const dyno of tooMany) this.#scaleAway(dyno)
    for (const [name, type] of wanted) if (!this.#slots.has(name)) this.#start(name, type)
  }

  /** A release restarts all types (platform-facts §1.6); under preboot the old web dynos go on serving. */
  restartForRelease(): void {
    this.#crashes.clear()
    const old = this.#mayServeOn()
    for (const dyno of old) this.#slots.delete(dyno.name)
    if (old.length > 0) this.#preboot.begin(old, (dyno) => this.#leave(dyno))
    this.restart(() => true)
    this.converge()
  }

  /** Restarts formation dynos; the new process starts while the old one drains (platform-facts §3.5). */
  restart(which: (dyno: Dyno) => boolean, word: 'Cycling' | 'Restarting' = 'Restarting'): void {
    const wanted = this.#wanted()
    for (const dyno of [...this.#slots.values()].filter(which)) {
      if (!wanted.has(dyno.name)) continue
      this.#log(dyno, word)
      this.#log(dyno, `State changed from ${dyno.state} to starting`)
      this.#crashes.delete(dyno.name)
      this.#leave(dyno)
      this.#start(dyno.name, dyno.type)
    }
  }

  /** What happens to every dyno once a day (platform-facts §3.5); not to crashed ones. */
  cycle(which: (dyno: Dyno) => boolean = () => true): void {
    this.restart((dyno) => dyno.state === 'up' && which(dyno), 'Cycling')
  }

  /** Stops a dyno: a one-off ends, one of the formation is started again. */
  stop(dyno: Dyno): void {
    if (this.#oneOffs.get(dyno.name) === dyno) {
      // In this order, as in a real log of one that was cycled (mrluanma/shadowsocks-heroku#54).
      this.#log(dyno, `State changed from ${dyno.state} to complete`)
      this.#leave(dyno)
      return
    }

    this.restart((other) => other === dyno)
  }

  /** Whose processes have not exited, listed or not. */
  running(): Dyno[] {
    return [...this.#alive]
  }

  /** Those that are listed, release dynos too. */
  oneOffs(): Dyno[] {
    return [...this.#oneOffs.values()]
  }

  runOneOff(wish: DynoWish): Dyno {
    const dyno = startDynoOf(this.#platform, this.#app, {
      ...wish,
      oneOff: true,
      onState: (state, self) => {
        wish.onState?.(state, self)
        if (state === 'complete') this.#oneOffs.delete(self.name)
        this.#touch()
      },
    })
    this.#oneOffs.set(dyno.name, dyno)
    this.#watch(dyno)
    return dyno
  }

  /** A name nobody has: `run.4711`. */
  oneOffName(type: string): string {
    for (;;) {
      const name = `${type}.${1000 + Math.floor(Math.random() * 9000)}`
      if (!this.#oneOffs.has(name)) return name
    }
  }

  /** Ends every process, those that will not go by force, and waits for the last. */
  async stopAll(graceMs: number): Promise<void> {
    this.#stopped = true
    const alive = [...this.#alive]
    const force = setTimeout(() => {
      for (const dyno of alive) dyno.process.kill()
    }, graceMs)
    await Promise.all(alive.map((dyno) => dyno.process.stop()))
    clearTimeout(force)
  }

  #wanted(): Map<string, string> {
    const release = currentRelease(this.#app)
    const names = new Map<string, string>()
    for (const [type, {quantity}] of Object.entries(this.#app.formation)) {
      if (!release?.images[type] || type === 'release') continue
      for (let number = 1; number <= quantity; number += 1) names.set(`${type}.${number}`, type)
    }

    return names
  }

  #start(name: string, type: string): void {
    const release = currentRelease(this.#app)
    if (this.#stopped || !release) return
    const size = this.#app.formation[type]?.size ?? 'Standard-1X'
    const dyno = startDynoOf(this.#platform, this.#app, {name, type, release, size, onState: () => this.#touch()})
    this.#slots.set(name, dyno)
    this.#watch(dyno)
    void dyno.process.exited.then(() => this.#afterCrash(dyno))
    const {cycleMs} = this.#platform.knobs(this.#app.name)
    if (cycleMs > 0) this.#platform.time.afterReal(cycleMs, () => this.cycle((other) => other === dyno))
  }

  #afterCrash(dyno: Dyno): void {
    if (this.#stopped || this.#slots.get(dyno.name) !== dyno) return
    const crashes = (this.#crashes.get(dyno.name) ?? 0) + 1
    this.#crashes.set(dyno.name, crashes)
    this.#platform.time.after(coolOffMs(crashes), () => {
      if (this.#stopped || this.#slots.get(dyno.name) !== dyno) return
      this.#log(dyno, 'State changed from crashed to starting')
      this.#start(dyno.name, dyno.type)
    })
  }

  #scaleAway(dyno: Dyno): void {
    if (dyno.state !== 'crashed') this.#log(dyno, `State changed from ${dyno.state} to down`)
    this.#leave(dyno, this.#platform.time.real(sigtermDelayMs))
  }

  /** Off the list at once; the process drains (platform-facts §3.5). */
  #leave(dyno: Dyno, delayMs = 0): void {
    if (this.#slots.get(dyno.name) === dyno) this.#slots.delete(dyno.name)
    if (this.#oneOffs.get(dyno.name) === dyno) this.#oneOffs.delete(dyno.name)
    this.#touch()
    if (delayMs === 0) void dyno.process.stop()
    else setTimeout(() => void dyno.process.stop(), delayMs)
  }

  /** Under preboot, the web dynos that are up, if web is still wanted. */
  #mayServeOn(): Dyno[] {
    const {features, formation} = this.#app
    if (features.preboot !== true || !this.#wanted().has('web.1')) return []
    if (!canPreboot(formation.web?.size ?? 'Standard-1X')) return []
    return [...this.#slots.values()].filter((dyno) => dyno.type === 'web' && dyno.state === 'up')
  }

  #watch(dyno: Dyno): void {
    this.#alive.add(dyno)
    void dyno.process.exited.then(() => {
      this.#alive.delete(dyno)
      if (this.#oneOffs.get(dyno.name) === dyno) this.#oneOffs.delete(dyno.name)
      this.#touch()
    })
    this.#touch()
  }

  #touch(): void {
    this.#list.record([...this.#slots.values(), ...this.#oneOffs.values()])
  }

  #log(dyno: Dyno, text: string): void {
    this.#platform.log(this.#app.name).write('heroku', dyno.name, text)
  }
}
