/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/mm-blob.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "model/mm-error.h"

#define PIECE_MAX (64 * 1024)

struct _MmBlob
{
  gatomicrefcount ref_count;
  guint64 size;
  GBytes *bytes; /* NULL: the bytes are in fd */
  int fd;
};

struct _MmBlobBuilder
{
  GByteArray *memory;
  guint64 size;
  int fd; /* -1 as long as memory holds everything */
};

static MmBlob *
blob_new (guint64  size,
          GBytes  *bytes,
          int      fd)
{
  MmBlob *self = g_new0 (MmBlob, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->size = size;
  self->bytes = bytes;
  self->fd = fd;
  return self;
}

MmBlob *
mm_blob_new (gconstpointer data,
             gsize         length)
{
  g_return_val_if_fail (data != NULL || length == 0, NULL);

  return blob_new (length, g_bytes_new (data, length), -1);
}

MmBlob *
mm_blob_new_bytes (GBytes *bytes)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return blob_new (g_bytes_get_size (bytes), g_bytes_ref (bytes), -1);
}

MmBlob *
mm_blob_ref (MmBlob *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mm_blob_unref (MmBlob *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

guint64
mm_blob_get_size (MmBlob *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size;
}

gsize
mm_blob_get_memory (MmBlob *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->bytes != NULL ? g_bytes_get_size (self->bytes) : sizeof *self;
}

static gssize
read_file (MmBlob   *self,
           guint64   offset,
           guint8   *buffer,
           gsize     length,
           GError  **error)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n = pread (self->fd, buffer + done, length - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, MM_ERROR, MM_ERROR_INTERNAL,
                       _("A temporary file could not be read: %s."),
                       n < 0 ? g_strerror (errno) : _("it ended early"));
          return -1;
        }
      done += (gsize) n;
    }
  return (gssize) done;
}

gssize
mm_blob_read (MmBlob   *self,
              guint64   offset,
              gpointer  buffer,
              gsize     length,
              GError  **error)
{
  g_return_val_if_fail (self != NULL, -1);
  g_return_val_if_fail (buffer != NULL || length == 0, -1);

  if (offset >= self->size)
    return 0;
  length = (gsize) MIN ((guint64) MIN (length, G_MAXSSIZE), self->size - offset);
  if (self->bytes == NULL)
    return read_file (self, offset, buffer, length, error);

  memcpy (buffer, mm_blob_peek (self) + offset, length);
  return (gssize) length;
}

const guint8 *
mm_blob_peek (MmBlob *self)
{
  const guint8 *data;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->bytes == NULL)
    return NULL;
  data = g_bytes_get_data (self->bytes, NULL);
  /* GBytes has no data when it is empty, which must not look like "in a file". */
  return data != NULL ? data : (const guint8 *) "";
}

gboolean
mm_blob_foreach (MmBlob      *self,
                 MmBlobFunc   func,
                 gpointer     user_data,
                 GError     **error)
{
  g_autofree guint8 *buffer = NULL;
  const guint8 *memory;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  memory = mm_blob_peek (self);
  if (memory == NULL)
    buffer = g_malloc (PIECE_MAX);

  for (guint64 offset = 0; offset < self->size; offset += PIECE_MAX)
    {
      gsize length = (gsize) MIN (PIECE_MAX, self->size - offset);

      if (memory == NULL && read_file (self, offset, buffer, length, error) < 0)
        return FALSE;
      if (!func (memory != NULL ? memory + offset : buffer, length, user_data, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  MmBlob *other;
  guint64 offset;
} Comparison;

static gboolean
compare_piece (const guint8  *data,
               gsize          length,
               gpointer       user_data,
               GError       **error)
{
  g_autofree guint8 *buffer = NULL;
  Comparison *comparison = user_data;
  const guint8 *other = mm_blob_peek (comparison->other);

  if (other == NULL)
    {
      buffer = g_malloc (length);
      if (read_file (comparison->other, comparison->offset, buffer, length, NULL) < 0)
        return FALSE;
      other = buffer;
    }
  else
    {
      other += comparison->offset;
    }
  comparison->offset += length;
  return memcmp (data, other, length) == 0;
}

gboolean
mm_blob_equal (MmBlob *a,
               MmBlob *b)
{
  Comparison comparison = { .other = b };

  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  if (a == b)
    return TRUE;
  return a->size == b->size && mm_blob_foreach (a, compare_piece, &comparison, NULL);
}

MmBlobBuilder *
mm_blob_builder_new (guint64 size_hint)
{
  MmBlobBuilder *self = g_new0 (MmBlobBuilder, 1);

  self->memory = g_byte_array_sized_new (size_hint <= MM_BLOB_MEMORY_MAX ? (guint) size_hint : 0);
  self->fd = -1;
  return self;
}

void
mm_blob_builder_free (MmBlobBuilder *self)
{
  if (self == NULL)
    return;

  g_byte_array_unref (self->memory);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

static int
open_temporary_file (GError **error)
{
  g_autofree char *name = NULL;
  int fd;

  fd = g_open (g_get_tmp_dir (), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;

  /* Not every file system has nameless files. */
  name = g_build_filename (g_get_tmp_dir (), "mail-migrator-XXXXXX", NULL);
  fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    g_set_error (error, MM_ERROR, MM_ERROR_INTERNAL,
                 _("No temporary file could be made in “%s”: %s."),
                 g_get_tmp_dir (), g_strerror (errno));
  else
    g_unlink (name);
  return fd;
}

static gboolean
write_file (int            fd,
            const guint8  *data,
            gsize          length,
            GError       **error)
{
  while (length > 0)
    {
      gssize n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, MM_ERROR, MM_ERROR_INTERNAL,
                       _("A temporary file in “%s” could not be written: %s."),
                       g_get_tmp_dir (), g_strerror (errno));
          return FALSE;
        }
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
move_to_file (MmBlobBuilder  *self,
              GError        **error)
{
  self->fd = open_temporary_file (error);
  if (self->fd < 0 || !write_file (self->fd, self->memory->data, self->memory->len, error))
    return FALSE;

  g_byte_array_unref (self->memory);
  self->memory = g_byte_array_new ();
  return TRUE;
}

gboolean
mm_blob_builder_append (MmBlobBuilder  *self,
                        gconstpointer   data,
                        gsize           length,
                        GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (length == 0)
    return TRUE;

  if (self->fd < 0 && self->size + length > MM_BLOB_MEMORY_MAX && !move_to_file (self, error))
    return FALSE;

  if (self->fd < 0)
    g_byte_array_append (self->memory, data, (guint) length);
  else if (!write_file (self->fd, data, length, error))
    return FALSE;

  self->size += length;
  return TRUE;
}

MmBlob *
mm_blob_builder_end (MmBlobBuilder *self)
{
  MmBlob *blob;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->fd >= 0)
    {
      blob = blob_new (self->size, NULL, self->fd);
    }
  else
    {
      gsize length;
      guint8 *data = g_byte_array_steal (self->memory, &length);

      /* The array grew by doubling; bounded queues count what they see. */
      data = g_realloc (data, length);
      blob = blob_new (length, g_bytes_new_take (data, length), -1);
    }
  self->size = 0;
  self->fd = -1;
  return blob;
}
