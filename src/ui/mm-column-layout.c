/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/mm-column-layout.h"

struct _MmColumnLayout
{
  GtkLayoutManager parent_instance;

  int column_width;
  int spacing;
};

G_DEFINE_FINAL_TYPE (MmColumnLayout, mm_column_layout, GTK_TYPE_LAYOUT_MANAGER)

enum
{
  PROP_0,
  PROP_COLUMN_WIDTH,
  PROP_SPACING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static int
count_children (GtkWidget *widget)
{
  int n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      n++;

  return n;
}

static int
widest_minimum (GtkWidget *widget)
{
  int widest = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int minimum;

      if (!gtk_widget_should_layout (child))
        continue;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      widest = MAX (widest, minimum);
    }

  return widest;
}

static gboolean
fits_in_columns (MmColumnLayout *self,
                 GtkWidget      *widget,
                 int             width)
{
  int n = count_children (widget);
  int each = MAX (self->column_width, widest_minimum (widget));

  return n > 0 && width >= n * each + (n - 1) * self->spacing;
}

static int
width_of_column (MmColumnLayout *self,
                 int             n,
                 int             width)
{
  return n > 0 ? (width - (n - 1) * self->spacing) / n : width;
}

static GtkSizeRequestMode
get_request_mode (GtkLayoutManager *manager,
                  GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_width (MmColumnLayout *self,
               GtkWidget      *widget,
               int            *minimum,
               int            *natural)
{
  int n = count_children (widget);

  *minimum = 0;
  *natural = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_min, child_nat;

      if (!gtk_widget_should_layout (child))
        continue;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_min, &child_nat,
                          NULL, NULL);
      *minimum = MAX (*minimum, child_min);
      *natural = MAX (*natural, MAX (child_nat, self->column_width));
    }

  if (n > 1)
    *natural = *natural * n + (n - 1) * self->spacing;
}

static void
measure_height (MmColumnLayout *self,
                GtkWidget      *widget,
                int             for_width,
                int            *minimum,
                int            *natural)
{
  int n = count_children (widget);
  int width = for_width;
  gboolean columns = for_width >= 0 && fits_in_columns (self, widget, for_width);

  if (columns)
    width = width_of_column (self, n, for_width);

  *minimum = 0;
  *natural = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_min, child_nat;

      if (!gtk_widget_should_layout (child))
        continue;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &child_min, &child_nat,
                          NULL, NULL);
      *minimum = columns ? MAX (*minimum, child_min) : *minimum + child_min;
      *natural = columns ? MAX (*natural, child_nat) : *natural + child_nat;
    }

  if (!columns && n > 1)
    {
      *minimum += (n - 1) * self->spacing;
      *natural += (n - 1) * self->spacing;
    }
}

static void
measure (GtkLayoutManager *manager,
         GtkWidget        *widget,
         GtkOrientation    orientation,
         int               for_size,
         int              *minimum,
         int              *natural,
         int              *minimum_baseline,
         int              *natural_baseline)
{
  MmColumnLayout *self = MM_COLUMN_LAYOUT (manager);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (self, widget, minimum, natural);
  else
    measure_height (self, widget, for_size, minimum, natural);
}

static void
allocate_columns (MmColumnLayout *self,
                  GtkWidget      *widget,
                  int             width,
                  int             height)
{
  int n = count_children (widget);
  int each = width_of_column (self, n, width);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int i = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkAllocation allocation = { 0, 0, each, height };

      if (!gtk_widget_should_layout (child))
        continue;

      allocation.x = (rtl ? n - 1 - i : i) * (each + self->spacing);
      gtk_widget_size_allocate (child, &allocation, -1);
      i++;
    }
}

static void
allocate_rows (MmColumnLayout *self,
               GtkWidget      *widget,
               int             width)
{
  int y = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkAllocation allocation = { 0, y, width, 0 };

      if (!gtk_widget_should_layout (child))
        continue;

      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &allocation.height,
                          NULL, NULL);
      gtk_widget_size_allocate (child, &allocation, -1);
      y += allocation.height + self->spacing;
    }
}

static void
allocate (GtkLayoutManager *manager,
          GtkWidget        *widget,
          int               width,
          int               height,
          int               baseline)
{
  MmColumnLayout *self = MM_COLUMN_LAYOUT (manager);

  if (fits_in_columns (self, widget, width))
    allocate_columns (self, widget, width, height);
  else
    allocate_rows (self, widget, width);
}

static void
mm_column_layout_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  MmColumnLayout *self = MM_COLUMN_LAYOUT (object);

  switch (prop_id)
    {
    case PROP_COLUMN_WIDTH:
      self->column_width = g_value_get_int (value);
      break;
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }

  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
}

static void
mm_column_layout_class_init (MmColumnLayoutClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = mm_column_layout_set_property;
  properties[PROP_COLUMN_WIDTH] = g_param_spec_int ("column-width", NULL, NULL, 0, G_MAXINT, 0,
                                                    flags);
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  layout_class->get_request_mode = get_request_mode;
  layout_class->measure = measure;
  layout_class->allocate = allocate;
}

static void
mm_column_layout_init (MmColumnLayout *self)
{
}

GtkLayoutManager *
mm_column_layout_new (int column_width,
                      int spacing)
{
  return g_object_new (MM_TYPE_COLUMN_LAYOUT,
                       "column-width", column_width,
                       "spacing", spacing,
                       NULL);
}
