/** What can be added to an app: the service, its plans' prices in cents a month, and the config var of the first attachment. */
export type Service = {
  name: string
  title: string
  attachment: string
  plans: Record<string, number>
  url(name: string): string
}

const services: Service[] = [
  {
    name: 'heroku-postgresql',
    title: 'Heroku Postgres',
    attachment: 'DATABASE',
    plans: {'essential-0': 500, 'essential-1': 900, 'standard-0': 5000, 'premium-0': 20_000},
    url: (name) => `postgres://u0123:p0123456789abcdef@${name}.example.com:5432/d0123`,
  },
  {
    name: 'heroku-redis',
    title: 'Heroku Key-Value Store',
    attachment: 'REDIS',
    plans: {mini: 300, 'premium-0': 1500},
    url: (name) => `rediss://:p0123456789abcdef@${name}.example.com:6379`,
  },
  {name: 'scheduler', title: 'Heroku Scheduler', attachment: 'SCHEDULER', plans: {standard: 0}, url: () => ''},
]

/** `heroku-postgresql:essential-0`; without a plan the cheapest. */
export function planNamed(name: string): {service: Service; plan: string; cents: number} | undefined {
  const [serviceName, planName] = name.split(':')
  const service = services.find((one) => one.name === serviceName)
  const plan = planName ?? Object.keys(service?.plans ?? {})[0] ?? ''
  const cents = service?.plans[plan]
  return service && cents !== undefined ? {service, plan: `${service.name}:${plan}`, cents} : undefined
}
