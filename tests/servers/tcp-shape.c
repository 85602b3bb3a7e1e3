/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * tcp-shape [OPTION…] LISTEN-PORT TARGET-PORT
 *
 * Stands between a client and a server on 127.0.0.1 and makes the line between them worse: slower,
 * narrower, cut after an exact number of bytes, silent. With LISTEN-PORT 0 it finds a free port;
 * prints "PORT=…" when it listens.
 *
 *   USR1   cuts all connections now
 *   USR2   black hole: nothing passes, nothing is refused; a second USR2 ends that
 *   TERM   the end
 *
 * Bytes wait in memory for their time, at most 4 MiB in each direction of a connection.
 */

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE_SIZE (64 * 1024)
#define WAITING_MAX (4 * 1024 * 1024)
#define NEVER G_MAXINT64

/* How long a cut waits until what came before it has reached its reader. */
#define CUT_PATIENCE (2 * G_TIME_SPAN_SECOND)

typedef enum
{
  HOW_RESET,
  HOW_FIN,
  HOW_HANG,
} How;

/* Bytes under way. */
typedef struct
{
  GBytes *bytes;
  gsize sent;
  gint64 due;
} Piece;

/* One direction of a connection. */
typedef struct
{
  int from;
  int to;
  GQueue pieces;
  gsize waiting;
  gint64 free_at;    /* when the line can take the next byte */
  guint64 passed;    /* bytes taken in */
  guint64 cut_at;    /* 0: never */
  GByteArray *held;  /* the begin, perhaps, of a text to replace */
  gboolean ended;    /* nothing more comes */
  gboolean shut;     /* and the receiver knows */
} Direction;

typedef struct
{
  Direction up;      /* client to server */
  Direction down;
  gboolean hung;
  gint64 cut_due;    /* a cut that waits for its last bytes; NEVER */
} Link;

typedef struct
{
  char *from;
  char *to;
  gsize length;
} Replacement;

static double delay_ms;
static gint64 rate;
static gint64 cut_up;
static gint64 cut_down;
static int cut_times = -1;
static How how = HOW_RESET;
static GPtrArray *links;
static GArray *replacements;
static int n_links;
static gint64 now;

static volatile sig_atomic_t cut_wanted;
static volatile sig_atomic_t black_hole;
static volatile sig_atomic_t end_wanted;

static void
piece_free (Piece *self)
{
  g_bytes_unref (self->bytes);
  g_free (self);
}

static void
direction_init (Direction *self,
                int        from,
                int        to,
                guint64    cut_at)
{
  self->from = from;
  self->to = to;
  self->cut_at = cut_at;
  self->held = g_byte_array_new ();
  /* Shaking hands takes a round trip, too. */
  self->free_at = now + (gint64) (delay_ms * 1000);
  g_queue_init (&self->pieces);
}

static void
direction_clear (Direction *self)
{
  g_queue_clear_full (&self->pieces, (GDestroyNotify) piece_free);
  g_byte_array_unref (self->held);
}

static void
link_free (Link *self)
{
  close (self->up.from);
  close (self->down.from);
  direction_clear (&self->up);
  direction_clear (&self->down);
  g_free (self);
}

static void
link_cut (Link *self)
{
  struct linger linger = { 1, 0 };

  if (how == HOW_HANG)
    {
      self->hung = TRUE;
      self->cut_due = NEVER;
      return;
    }
  if (how == HOW_RESET)
    {
      setsockopt (self->up.from, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
      setsockopt (self->down.from, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
  g_ptr_array_remove_fast (links, self);
}

static void
direction_push (Direction    *self,
                const guint8 *data,
                gsize         length)
{
  Piece *piece;

  if (length == 0)
    return;
  piece = g_new0 (Piece, 1);
  piece->bytes = g_bytes_new (data, length);
  self->free_at = MAX (self->free_at, now);
  if (rate > 0)
    self->free_at += (gint64) length * G_TIME_SPAN_SECOND / rate;
  piece->due = self->free_at + (gint64) (delay_ms * 500);
  g_queue_push_tail (&self->pieces, piece);
  self->waiting += length;
}

/* The length of the longest end of @data that begins one of the texts to replace. */
static gsize
held_length (const guint8 *data,
             gsize         length)
{
  gsize longest = 0;

  for (guint i = 0; i < replacements->len; i++)
    {
      const Replacement *replacement = &g_array_index (replacements, Replacement, i);

      for (gsize n = MIN (replacement->length - 1, length); n > longest; n--)
        {
          if (memcmp (data + length - n, replacement->from, n) == 0)
            longest = n;
        }
    }
  return longest;
}

/* Replaces, and passes on all but what may be the begin of a text to replace. */
static void
direction_filter (Direction    *self,
                  const guint8 *data,
                  gsize         length)
{
  GByteArray *all = self->held;
  gsize hold;

  g_byte_array_append (all, data, length);
  for (guint i = 0; i < replacements->len; i++)
    {
      const Replacement *replacement = &g_array_index (replacements, Replacement, i);
      guint8 *p = all->data;

      while ((p = memmem (p, all->data + all->len - p, replacement->from, replacement->length)))
        memcpy (p, replacement->to, replacement->length);
    }
  hold = self->ended ? 0 : held_length (all->data, all->len);
  direction_push (self, all->data, all->len - hold);
  if (all->len > hold)
    g_byte_array_remove_range (all, 0, all->len - hold);
}

/* FALSE: the connection broke. */
static gboolean
link_receive (Link      *link,
              Direction *self)
{
  guint8 buffer[PIECE_SIZE];
  gsize wanted = sizeof buffer;
  gssize n;

  if (self->cut_at > 0)
    wanted = MIN (wanted, self->cut_at - self->passed);
  n = read (self->from, buffer, wanted);
  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  self->passed += n;
  self->ended = n == 0 || self->passed == self->cut_at;
  if (replacements->len > 0 && self == &link->down)
    direction_filter (self, buffer, n);
  else
    direction_push (self, buffer, n);
  return TRUE;
}

static gboolean
is_cut (const Direction *self)
{
  return self->cut_at > 0 && self->passed == self->cut_at;
}

static gboolean
direction_send (Direction *self)
{
  Piece *piece;

  while ((piece = g_queue_peek_head (&self->pieces)) != NULL && piece->due <= now)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (piece->bytes, &length);
      gssize n = send (self->to, data + piece->sent, length - piece->sent, MSG_NOSIGNAL);

      if (n < 0)
        return errno == EAGAIN || errno == EINTR;
      piece->sent += n;
      self->waiting -= n;
      if (piece->sent < length)
        return TRUE;
      piece_free (g_queue_pop_head (&self->pieces));
    }
  if (self->ended && piece == NULL && !self->shut && !is_cut (self))
    {
      shutdown (self->to, SHUT_WR);
      self->shut = TRUE;
    }
  return TRUE;
}

/* A cut is due when the last byte before it has been acknowledged by the receiver's kernel: a reset
 * takes away what has not. */
static void
link_consider_cut (Link *self)
{
  const Direction *cut = is_cut (&self->up) ? &self->up : is_cut (&self->down) ? &self->down : NULL;
  int unsent = 0;

  if (cut == NULL || self->hung)
    return;
  if (cut->pieces.length > 0)
    return;
  if (self->cut_due == NEVER)
    self->cut_due = now + CUT_PATIENCE;
  ioctl (cut->to, SIOCOUTQ, &unsent);
  if (unsent == 0 || now >= self->cut_due)
    link_cut (self);
}

/* FALSE when the link is gone. */
static gboolean
link_work (Link  *self,
           short  client_events,
           short  server_events)
{
  const short incoming = POLLIN | POLLHUP | POLLERR;
  gboolean fine = TRUE;

  if ((client_events & incoming) != 0 && !self->up.ended)
    fine = link_receive (self, &self->up);
  if (fine && (server_events & incoming) != 0 && !self->down.ended)
    fine = link_receive (self, &self->down);
  fine = fine && direction_send (&self->up) && direction_send (&self->down);
  if (!fine || (self->up.shut && self->down.shut))
    {
      struct linger linger = { 1, 0 };

      /* Both sides see the line break as one of them did. */
      if (!fine)
        {
          setsockopt (self->up.from, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
          setsockopt (self->down.from, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        }
      g_ptr_array_remove_fast (links, self);
      return FALSE;
    }
  link_consider_cut (self);
  return TRUE;
}

static int
connect_to (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static void
prepare_socket (int fd)
{
  int one = 1;

  fcntl (fd, F_SETFL, O_NONBLOCK);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void
accept_link (int     listener,
             guint16 target)
{
  struct linger linger = { 1, 0 };
  int client = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  int server;
  gboolean cut;
  Link *link;

  if (client < 0)
    return;
  server = connect_to (target);
  if (server < 0)
    {
      setsockopt (client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
      close (client);
      return;
    }
  prepare_socket (client);
  prepare_socket (server);
  n_links++;
  cut = cut_times < 0 || n_links <= cut_times;
  link = g_new0 (Link, 1);
  link->cut_due = NEVER;
  direction_init (&link->up, client, server, cut ? cut_up : 0);
  direction_init (&link->down, server, client, cut ? cut_down : 0);
  g_ptr_array_add (links, link);
}

static short
events_of (const Link      *link,
           const Direction *reads,
           const Direction *writes)
{
  const Piece *piece = g_queue_peek_head ((GQueue *) &writes->pieces);
  short events = 0;

  if (black_hole || link->hung)
    return 0;
  if (!reads->ended && reads->waiting < WAITING_MAX)
    events |= POLLIN;
  if (piece != NULL && piece->due <= now)
    events |= POLLOUT;
  return events;
}

static gint64
link_next_time (const Link *self)
{
  const Piece *up = g_queue_peek_head ((GQueue *) &self->up.pieces);
  const Piece *down = g_queue_peek_head ((GQueue *) &self->down.pieces);
  gint64 next = NEVER;

  if (self->hung || black_hole)
    return NEVER;
  if (up != NULL && up->due > now)
    next = MIN (next, up->due);
  if (down != NULL && down->due > now)
    next = MIN (next, down->due);
  if (self->cut_due != NEVER)
    next = MIN (next, now + G_TIME_SPAN_MILLISECOND);
  return next;
}

static void
wait_for_events (GArray         *fds,
                 gint64          next,
                 const sigset_t *signals)
{
  gint64 left = MAX (next - now, 0);
  struct timespec timeout = { left / G_TIME_SPAN_SECOND, left % G_TIME_SPAN_SECOND * 1000 };

  if (ppoll ((struct pollfd *) fds->data, fds->len, next == NEVER ? NULL : &timeout, signals) < 0)
    {
      for (guint i = 0; i < fds->len; i++)
        g_array_index (fds, struct pollfd, i).revents = 0;
    }
  now = g_get_monotonic_time ();
}

/* A file descriptor without events is left out: its hang-up would wake us again and again. */
static void
add_fd (GArray *fds,
        int     fd,
        short   events)
{
  struct pollfd entry = { events != 0 ? fd : -1, events, 0 };

  g_array_append_val (fds, entry);
}

static void
run (int             listener,
     guint16         target,
     const sigset_t *signals)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, TRUE, sizeof (struct pollfd));
  g_autoptr (GPtrArray) present = g_ptr_array_new ();

  while (!end_wanted)
    {
      gint64 next = NEVER;

      now = g_get_monotonic_time ();
      g_array_set_size (fds, 0);
      g_ptr_array_set_size (present, 0);
      add_fd (fds, listener, POLLIN);
      for (guint i = 0; i < links->len; i++)
        {
          Link *link = g_ptr_array_index (links, i);

          g_ptr_array_add (present, link);
          add_fd (fds, link->up.from, events_of (link, &link->up, &link->down));
          add_fd (fds, link->down.from, events_of (link, &link->down, &link->up));
          next = MIN (next, link_next_time (link));
        }
      wait_for_events (fds, next, signals);

      for (guint i = 0; i < present->len && !black_hole; i++)
        {
          Link *link = g_ptr_array_index (present, i);

          if (!link->hung)
            link_work (link, g_array_index (fds, struct pollfd, 1 + 2 * i).revents,
                       g_array_index (fds, struct pollfd, 2 + 2 * i).revents);
        }
      if (cut_wanted)
        {
          cut_wanted = FALSE;
          for (guint i = links->len; i > 0; i--)
            link_cut (g_ptr_array_index (links, i - 1));
        }
      if (g_array_index (fds, struct pollfd, 0).revents != 0)
        accept_link (listener, target);
    }
}

static int
listen_at (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int one = 1;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind (fd, (struct sockaddr *) &address, sizeof address) < 0 || listen (fd, 128) < 0)
    {
      g_printerr ("tcp-shape: port %u: %s\n", port, g_strerror (errno));
      exit (1);
    }
  getsockname (fd, (struct sockaddr *) &address, &length);
  g_print ("PORT=%u\n", ntohs (address.sin_port));
  return fd;
}

static void
signal_cb (int number)
{
  if (number == SIGUSR1)
    cut_wanted = TRUE;
  else if (number == SIGUSR2)
    black_hole = !black_hole;
  else
    end_wanted = TRUE;
}

/* Signals arrive only while waiting; @signals (out) is the mask for that. */
static void
catch_signals (sigset_t *signals)
{
  static const int numbers[] = { SIGUSR1, SIGUSR2, SIGTERM, SIGINT };
  struct sigaction action = { .sa_handler = signal_cb };
  sigset_t blocked;

  sigemptyset (&blocked);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      sigaction (numbers[i], &action, NULL);
      sigaddset (&blocked, numbers[i]);
    }
  sigprocmask (SIG_BLOCK, &blocked, signals);
}

static gboolean
how_cb (const char  *name,
        const char  *value,
        gpointer     user_data,
        GError     **error)
{
  if (g_str_equal (value, "reset"))
    how = HOW_RESET;
  else if (g_str_equal (value, "fin"))
    how = HOW_FIN;
  else if (g_str_equal (value, "hang"))
    how = HOW_HANG;
  else
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: reset, fin or hang", name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
replace_cb (const char  *name,
            const char  *value,
            gpointer     user_data,
            GError     **error)
{
  g_auto (GStrv) sides = g_strsplit (value, "=", 2);
  Replacement replacement;

  if (g_strv_length (sides) != 2 || *sides[0] == '\0' || strlen (sides[0]) != strlen (sides[1]))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s A=B: equal lengths", name);
      return FALSE;
    }
  replacement.from = g_strdup (sides[0]);
  replacement.to = g_strdup (sides[1]);
  replacement.length = strlen (sides[0]);
  g_array_append_val (replacements, replacement);
  return TRUE;
}

static const GOptionEntry entries[] = {
  { "delay", 0, 0, G_OPTION_ARG_DOUBLE, &delay_ms, "Round trip time", "MILLISECONDS" },
  { "rate", 0, 0, G_OPTION_ARG_INT64, &rate, "Bandwidth of each direction", "BYTES/S" },
  { "cut-up", 0, 0, G_OPTION_ARG_INT64, &cut_up, "Cut after N bytes of the client", "N" },
  { "cut-down", 0, 0, G_OPTION_ARG_INT64, &cut_down, "Cut after N bytes of the server", "N" },
  { "cut-times", 0, 0, G_OPTION_ARG_INT, &cut_times, "Only the first N connections", "N" },
  { "how", 0, 0, G_OPTION_ARG_CALLBACK, how_cb, "How a cut looks", "reset|fin|hang" },
  { "replace", 0, 0, G_OPTION_ARG_CALLBACK, replace_cb, "In what the server says", "A=B" },
  G_OPTION_ENTRY_NULL
};

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GOptionContext) context = g_option_context_new ("LISTEN-PORT TARGET-PORT");
  g_autoptr (GError) error = NULL;
  sigset_t signals;
  int listener;

  links = g_ptr_array_new_with_free_func ((GDestroyNotify) link_free);
  replacements = g_array_new (FALSE, FALSE, sizeof (Replacement));
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 3)
    {
      g_printerr ("tcp-shape: %s\n", error != NULL ? error->message : "two ports are needed");
      return 2;
    }
  catch_signals (&signals);
  listener = listen_at (g_ascii_strtoull (argv[1], NULL, 10));
  run (listener, g_ascii_strtoull (argv[2], NULL, 10), &signals);
  g_ptr_array_unref (links);
  close (listener);
  return 0;
}
