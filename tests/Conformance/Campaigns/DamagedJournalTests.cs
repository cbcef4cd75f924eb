using System.Text;
using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A journal of any command whose beginning is damaged is refused: what it holds may be hours of work.</summary>
public sealed class DamagedJournalTests : IDisposable
{
    private const string Train =
        "train --architecture bn_res --total-depth 2 --kernel-size 1 --num-channels 8 --batch-size 20 --num-sims 2 --steps 20 --learning-rates "
        + "0.001,0.01 --train-images 100 --corruptions 0,1 --seed 3 --threads 1";

    private readonly Campaign _campaign = new();

    public static TheoryData<string> Kinds => ["WBJRNL1\n", "WBONNX1\n", "WBTRAIN1"];

    public void Dispose() => _campaign.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_damaged_length_is_told_from_a_beginning_that_is_cut_off(string kind)
    {
        var name = Encoding.ASCII.GetBytes(kind);
        var beginning = JournalFrame.Encode(name, """{"identity":{"made_by":"né \"}{\" 1"},"list":[1,2]}"""u8);
        byte[] journal = [.. beginning, .. new byte[40]];

        for (var bit = 0; bit < 32; bit++)
        {
            var spoilt = journal.ToArray();
            spoilt[name.Length + (bit / 8)] ^= (byte)(1 << (bit % 8));
            var read = () => JournalFrame.Read(new MemoryStream(spoilt), name, "x.journal");
            read.Should()
                .Throw<InvalidInputException>($"bit {bit} of the length")
                .WithMessage("x.journal: expected a journal, found one whose damaged header*");
        }

        for (var length = 0; length < beginning.Length; length++)
        {
            JournalFrame.Read(new MemoryStream(journal[..length]), name, "x.journal").Should().BeNull($"{length} bytes hold no record");
        }

        JournalFrame.Read(new MemoryStream(journal), name, "x.journal").Should().NotBeNull();
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(40)]
    public void Train_refuses_a_damaged_header_and_keeps_the_journal(int position)
    {
        var journal = Interrupted();
        journal[position] ^= 0x15;
        File.WriteAllBytes(_campaign["t.npz.journal"], journal);

        foreach (var more in new[] { Array.Empty<string>(), ["--resume"] })
        {
            var outcome = CommandLine.Run([.. Train.Split(' '), "--out", _campaign["t.npz"], .. more]);

            outcome.ExitStatus.Should().Be(ExitStatus.Usage, outcome.Error);
            outcome.Error.Should().Contain("expected a journal, found one whose damaged header").And.Contain("--overwrite");
            File.ReadAllBytes(_campaign["t.npz.journal"]).Should().Equal(journal);
            File.Exists(_campaign["t.npz"]).Should().BeFalse();
        }
    }

    /// <summary>A journal of two training runs, whatever they were.</summary>
    private static byte[] Interrupted() =>
        [
            .. JournalFrame.Encode("WBTRAIN1"u8, """{"Network":"bn_res","Training":"steps 20","DatasetChecksum":"0","MadeBy":"wellbehaved"}"""u8),
            .. new byte[400],
        ];
}
