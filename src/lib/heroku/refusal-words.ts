type Refusal = {
  status: number
  id: string
  said: string
  method: string
  path: string
  rateLimitRemaining?: number | undefined
}

const BILLING = 'https://dashboard.heroku.com/account/billing'

/** A refusal of the platform (platform-facts §9.4) as one line: what it refuses, in its own words, and what to do. */
export function refusalWords(refusal: Refusal, env: NodeJS.ProcessEnv = process.env): string {
  const {id, method, path, said, status} = refusal
  const what = method === 'GET' ? `read ${path}` : `${method} ${path}`
  const quoted = said ? `: ${said.replace(/\.$/, '')}` : ''
  const advice = adviceFor(refusal, env)
  return `Heroku refuses to ${what}${quoted} (${status}${id ? ` ${id}` : ''}).${advice ? ` ${advice}` : ''}`
}

function adviceFor(refusal: Refusal, env: NodeJS.ProcessEnv): string | undefined {
  const {id, path, said, status} = refusal
  const app = /^\/apps\/([^/?]+)/.exec(path)?.[1]
  const ofApp = app ? ` --app ${app}` : ''
  switch (id) {
    case 'delinquent': {
      return `A payment is due: see ${BILLING}.`
    }

    case 'suspended': {
      return `The account or the app is suspended: see ${BILLING} or https://help.heroku.com.`
    }

    case 'two_factor': {
      return `Heroku wants a second factor: use a token made with \`heroku authorizations:create\` as HEROKU_API_KEY, or log in again with \`heroku login\`.`
    }

    case 'verification_needed':
    case 'verification_required': {
      return 'Verify the account with a payment method at https://heroku.com/verify.'
    }
  }

  switch (status) {
    case 401: {
      return env.HEROKU_API_KEY
        ? 'HEROKU_API_KEY is not valid (any more): set it to a fresh token from `heroku authorizations:create`, or unset it and run `heroku login`.'
        : 'Log in with `heroku login`, or set HEROKU_API_KEY.'
    }

    case 402: {
      return `A payment is due: see ${BILLING}.`
    }

    case 403: {
      return /sso/i.test(`${id} ${said}`)
        ? 'The team wants single sign-on: run `heroku login --sso`.'
        : `This login may not do that: \`heroku auth:whoami\` shows who it is, \`heroku access${ofApp}\` who may.`
    }

    case 404: {
      return adviceForMissing(refusal, app)
    }

    case 429: {
      const left = refusal.rateLimitRemaining === undefined ? '' : `, ${refusal.rateLimitRemaining} calls are left`
      return `The budget of 4500 calls an hour for this login is used up${left}; it refills by about 75 calls a minute. Try again in a few minutes.`
    }
  }

  if (status >= 500) return 'Heroku has trouble: see https://status.heroku.com and try again.'
  if (status >= 300 && status < 400) return 'That is a redirect, which is not followed with a login: check HEROKU_HOST.'
  return undefined
}

function adviceForMissing({method, path, said}: Refusal, app: string | undefined): string | undefined {
  // A digest that is not in the app's registry: platform-facts §1.5.
  if (method === 'PATCH' && path.endsWith('/formation') && /record/i.test(said)) {
    return `The image is not in the registry of ${app}: push it again.`
  }

  if (!app) return undefined
  return /\bapp\b/i.test(said) || path === `/apps/${app}`
    ? `Check the name: \`heroku apps --all\` lists the apps this login can see.`
    : `It may be gone: \`heroku releases --app ${app}\` and \`heroku ps --app ${app}\` show what is there.`
}
