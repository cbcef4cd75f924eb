using SkiaSharp;

namespace Wellbehaved.Figures;

/// <summary>Writes the formats that are not text: PNG and PDF.</summary>
internal static class SkiaFiles
{
    private const int PixelsPerPixel = 2;
    private const float PointsPerPixel = 0.75f;

    /// <summary>The greatest number of pixels of a PNG, each of which takes four bytes.</summary>
    private const double MostPixels = 1 << 27;

    /// <summary>Draws a PNG at twice the size, so that it is sharp on present-day screens.</summary>
    /// <exception cref="InvalidInputException">The picture is too large.</exception>
    public static byte[] ToPng(IDrawing layout)
    {
        var (width, height) = (Math.Floor(PixelsPerPixel * layout.Width), Math.Floor(PixelsPerPixel * layout.Height));
        if (width * height > MostPixels)
        {
            throw new InvalidInputException(
                ParameterName.Spell("out"),
                FormattableString.Invariant($"expected a PNG of at most {MostPixels} pixels, got {width} × {height}; write it as .svg or .pdf")
            );
        }

        using var surface = SKSurface.Create(new SKImageInfo((int)width, (int)height));
        surface.Canvas.Scale(PixelsPerPixel);
        using (var skia = new SkiaSurface(surface.Canvas))
        {
            layout.Draw(skia);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>Draws a PDF of one page.</summary>
    public static byte[] ToPdf(IDrawing layout, string title)
    {
        using var stream = new MemoryStream();
        using (var document = SKDocument.CreatePdf(stream, new SKDocumentPdfMetadata { Title = title, Creator = "wellbehaved" }))
        {
            var canvas = document.BeginPage((float)layout.Width * PointsPerPixel, (float)layout.Height * PointsPerPixel);
            canvas.Scale(PointsPerPixel);
            using (var skia = new SkiaSurface(canvas))
            {
                layout.Draw(skia);
            }

            document.EndPage();
            document.Close();
        }

        return stream.ToArray();
    }
}
