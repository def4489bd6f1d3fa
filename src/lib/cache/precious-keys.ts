/** Keys that are no cache: who would miss them, and how they are known. */
export type Precious = {
  /** Whose they are: "Sidekiq", "sessions (Express)". */
  whose: string
  /** What evidence calls them. The keys themselves are not shown: a session's key is as good as its cookie. */
  shown: string
  pattern: RegExp
  /** Redis types that such a key has, where the name alone could be a cache's. */
  types?: string[]
  /** Keys worth asking for by name, because a database may be too large to be looked through. */
  names?: string[]
}

/**
 * Job queues and sessions, by the key names of their libraries. The first that fits counts. Names are matched with each byte
 * as one character.
 */
export const preciousKeys: Precious[] = [
  // resque: lib/resque/data_store.rb, namespace of lib/resque.rb
  {whose: 'Resque', shown: 'resque:*', pattern: /(^|:)resque:/, names: ['resque:queues', 'resque:workers']},
  // sidekiq: lib/sidekiq/api.rb; with a namespace in front before Sidekiq 7
  {whose: 'Sidekiq', shown: 'queues', pattern: /(^|:)queues$/, types: ['set'], names: ['queues']},
  {whose: 'Sidekiq', shown: 'processes', pattern: /(^|:)processes$/, types: ['set'], names: ['processes']},
  {
    whose: 'Sidekiq',
    shown: 'schedule, retry, dead',
    pattern: /(^|:)(schedule|retry|dead)$/,
    types: ['zset'],
    names: ['schedule', 'retry', 'dead'],
  },
  {
    whose: 'Sidekiq',
    shown: 'stat:*',
    pattern: /(^|:)stat:(processed|failed)$/,
    types: ['string'],
    names: ['stat:processed', 'stat:failed'],
  },
  {whose: 'Sidekiq', shown: 'queue:*', pattern: /(^|:)queue:[^:]+$/, types: ['list'], names: ['queue:default']},
  // bull, bullmq: src/classes/queue-keys.ts; prefix `bull` unless told otherwise
  {whose: 'BullMQ', shown: 'bull:*', pattern: /^\{?bull\}?:/},
  {whose: 'BullMQ', shown: '*:stalled-check', pattern: /:stalled-check$/},
  {whose: 'BullMQ', shown: '*:delayed', pattern: /:(delayed|marker|prioritized|waiting-children)$/, types: ['zset']},
  {whose: 'BullMQ', shown: '*:wait', pattern: /:(wait|active|paused)$/, types: ['list']},
  {whose: 'BullMQ', shown: '*:events', pattern: /:events$/, types: ['stream']},
  {whose: 'Bee-Queue', shown: 'bq:*', pattern: /^bq:/},
  // kombu: transport/redis.py; a queue with a priority ends with \x06\x16 and a number. Celery: backends/base.py
  {whose: 'Celery', shown: '_kombu*', pattern: /_kombu\./, names: ['_kombu.binding.celery', '_kombu.binding.celeryev']},
  {
    whose: 'Celery',
    shown: 'unacked*',
    pattern: /unacked(_index|_mutex)?$/,
    types: ['hash', 'zset', 'string'],
    names: ['unacked', 'unacked_index', 'unacked_mutex'],
  },
  {whose: 'Celery', shown: 'celery', pattern: /(^|[:.])celery$/, types: ['list'], names: ['celery']},
  // eslint-disable-next-line no-control-regex
  {whose: 'Celery', shown: '*\\x06\\x16*', pattern: /\u0006\u0016\d+$/, types: ['list']},
  {whose: 'Celery', shown: 'celery-task-meta-*', pattern: /celery-task(set)?-meta-/},
  // rq: rq/queue.py
  {whose: 'RQ', shown: 'rq:*', pattern: /^rq:/, names: ['rq:queues', 'rq:workers']},
  // dramatiq: brokers/redis.py; huey: storage.py; arq: constants.py
  {whose: 'Dramatiq', shown: 'dramatiq:*', pattern: /^dramatiq:/},
  {whose: 'Huey', shown: 'huey.*', pattern: /^huey\./},
  {whose: 'arq', shown: 'arq:*', pattern: /^arq:/, names: ['arq:queue']},
  // laravel: src/Illuminate/Queue/RedisQueue.php, config/horizon.php; prefixed with the app's name
  {whose: 'Laravel Horizon', shown: 'horizon:*', pattern: /(^|[:_])horizon:/},
  {
    whose: 'Laravel',
    shown: 'queues:*',
    pattern: /(^|[:_-])queues:[^:]+(:(delayed|reserved|notify))?$/,
    types: ['list', 'zset'],
    names: ['laravel_database_queues:default', 'laravel-database-queues:default', 'queues:default'],
  },
  // laravel: sessions are cache entries whose key is the session's id, Str::random(40); a SHA-1 has no capitals
  {
    whose: 'sessions (Laravel)',
    shown: '*cache*:(40 letters)',
    pattern: /cache.*[:_](?=\d*[a-zA-Z])(?=[a-z\d]*[A-Z])(?=[A-Z\d]*[a-z])[a-zA-Z\d]{40}$/,
  },
  // rack: Rack::Session::SessionId#private_id; rails: ActionDispatch::Session::CacheStore#cache_key
  {whose: 'sessions (Rails)', shown: '*2::*', pattern: /(^|:)2::[\da-f]{64}$/},
  {whose: 'sessions (Rails)', shown: '_session_id:*', pattern: /(^|:)_session_id:/},
  // spring-session: RedisIndexedSessionRepository; django: contrib/sessions/backends/cache.py, cached_db.py; phpredis: README
  {whose: 'sessions (Spring)', shown: 'spring:session:*', pattern: /(^|:)spring:session:/},
  {whose: 'sessions (Django)', shown: '*django.contrib.sessions.*', pattern: /django\.contrib\.sessions\./},
  {whose: 'sessions (PHP)', shown: 'PHPREDIS_SESSION:*', pattern: /PHPREDIS_SESSION:/},
  // connect-redis: `sess:`; Flask-Session: `session:`; redis-store and others after the app's name
  {whose: 'sessions', shown: 'sess:*', pattern: /(^|[:_.-])sess:/},
  {whose: 'sessions', shown: 'session:*', pattern: /(^|[:_.-])(user_)?sessions?:/},
]
